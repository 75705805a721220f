package io.promdisco.providers.kubernetes.client.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class InternTableTest {
  private static String get(StringInternTable table, String text) {
    byte[] bytes = ("<" + text + ">").getBytes(UTF_8);
    return table.get(bytes, 1, bytes.length - 2);
  }

  @Test
  void whatIsSeenTwiceIsHeldOnce() {
    StringInternTable table = new StringInternTable();
    assertThat(get(table, "app")).isEqualTo("app");
    assertThat(table.size()).isZero();
    String second = get(table, "app");
    assertThat(get(table, "app")).isSameAs(second).isEqualTo("app");
    assertThat(table.share(new String("app"))).isSameAs(second);
  }

  @Test
  void everyTextIsReadBackUnchanged() {
    StringInternTable table = new StringInternTable();
    for (int round = 0; round < 3; round++) {
      for (String text : List.of("", "a", "12345678", "123456789", "zürich", "日本", "é", "\u0000")) {
        assertThat(get(table, text)).isEqualTo(text);
        assertThat(table.share(text)).isEqualTo(text);
      }
      String longText = "x".repeat(1000);
      assertThat(get(table, longText)).isEqualTo(longText);
    }
  }

  @Test
  void invalidUtf8NeverMatchesAnotherString() {
    StringInternTable table = new StringInternTable();
    byte[] broken = {'a', (byte) 0xff, 'b'};
    for (int i = 0; i < 3; i++) {
      assertThat(table.get(broken, 0, 3)).isEqualTo("a\ufffdb");
    }
    assertThat(get(table, "a\ufffdb")).isEqualTo("a\ufffdb");
  }

  @Test
  void theTableIsBoundedAndOnceOnlyStringsDoNotFillIt() {
    StringInternTable table = new StringInternTable();
    for (int i = 0; i < 300_000; i++) {
      get(table, "unique-" + i);
    }
    assertThat(table.size()).isLessThan(30_000);
    for (int i = 0; i < 300_000; i++) {
      String text = "twice-" + i;
      get(table, text);
      assertThat(get(table, text)).isEqualTo(text);
    }
    assertThat(table.size()).isLessThanOrEqualTo(1 << 16).isGreaterThan(1 << 15);
  }

  @Test
  void hashesOfBytesAndTextsAgree() {
    for (String text : List.of("", "a", "1234567", "12345678", "app.kubernetes.io/name")) {
      byte[] bytes = text.getBytes(UTF_8);
      assertThat(InternTable.hash(text)).isEqualTo(InternTable.hash(bytes, 0, bytes.length));
    }
  }

  @Test
  void manyThreadsGetTheRightStrings() throws Exception {
    StringInternTable table = new StringInternTable();
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        running.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < 200_000; i++) {
                    String text = "value-" + i % 20_000;
                    assertThat(get(table, text).equals(text)).isTrue();
                  }
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void aRangeIsHeldOnceItHasBeenOfferedTwice() {
    RangeInternTable<String> table = new RangeInternTable<>();
    byte[] bytes = "..key..".getBytes(UTF_8);
    int hash = RangeInternTable.key(bytes, 2, 3);
    table.offer(hash, bytes, 2, 3, "first");
    assertThat(table.get(hash, bytes, 2, 3)).isNull();
    table.offer(hash, bytes, 2, 3, "second");
    bytes[0] = 'x';
    assertThat(table.get(hash, bytes, 2, 3)).isEqualTo("second");
    assertThat(table.get(hash, "..kez..".getBytes(UTF_8), 2, 3)).isNull();

    byte[] large = new byte[5000];
    int key = RangeInternTable.key(large, 0, large.length);
    table.offer(key, large, 0, large.length, "large");
    table.offer(key, large, 0, large.length, "large");
    assertThat(table.get(key, large, 0, large.length)).isNull();
  }
}
