package io.promdisco.util;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

class GzipStreamTest {
  private final ByteArrayOutputStream packed = new ByteArrayOutputStream();

  private void add(String member) throws IOException {
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(member.getBytes(UTF_8));
    }
  }

  private String unpacked() throws IOException {
    try (GzipStream in = new GzipStream(new ByteArrayInputStream(packed.toByteArray()))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void severalMembersAreOneText() throws IOException {
    for (int i = 0; i < 200; i++) {
      add("a");
      add("");
    }
    assertThat(unpacked()).isEqualTo("a".repeat(200));
  }

  @Test
  void manyEmptyMembersAreRefusedAndOverflowNoStack() throws IOException {
    for (int i = 0; i < 20_000; i++) {
      add("");
    }
    assertThatExceptionOfType(ZipException.class)
        .isThrownBy(this::unpacked)
        .withMessage("more than 100 empty members in a row");
  }
}
