package io.promdisco.util;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.util.UserFiles.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UserFilesTest {
  @TempDir private Path folder = Path.of("");

  private static String read(Path file) throws IOException {
    try (InputStream in = UserFiles.open(file, 10)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void readsRegularFilesAndLinksToThem() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "0123456789");
    assertThat(read(file)).isEqualTo("0123456789");
    assertThat(read(Files.createSymbolicLink(folder.resolve("link"), file)))
        .isEqualTo("0123456789");
    assertThat(read(Files.createFile(folder.resolve("empty")))).isEmpty();
  }

  @Test
  void refusesAnythingButRegularFilesWithoutWaiting() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    refused(pipe, "a named pipe (expected: a regular file)");
    refused(Files.createSymbolicLink(folder.resolve("link"), pipe), "a named pipe");
    refused(Path.of("/dev/zero"), "a device");
    refused(Path.of("/dev/null"), "a device");
    refused(folder, "a directory");
    refused(Path.of("/proc/self/status"), "a file that the kernel generates");
    Path circle = folder.resolve("circle");
    Files.createSymbolicLink(circle, circle);
    assertThatThrownBy(() -> read(circle)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
  }

  private static void refused(Path file, String why) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesAFileThatIsTooLargeOrGrowsWhileItIsRead() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "0123456789x");
    refused(file, "the file is too large (expected: at most 10 bytes)");
    Files.writeString(file, "0123");
    try (InputStream in = UserFiles.open(file, 10)) {
      assertThat(in.readNBytes(4)).hasSize(4);
      Files.writeString(file, "456789x", StandardOpenOption.APPEND);
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("too large");
    }
  }

  @Test
  void onlyDescriptorsOfTheCommandLineAreReadThoughTheyArePipes() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> UserFiles.openArgument(pipe, 10)).isInstanceOf(RefusedException.class);
    assertThat(UserFiles.isDescriptor(Path.of("/dev/fd/63"))).isTrue();
    assertThat(UserFiles.isDescriptor(Path.of("/proc/self/fd/11"))).isTrue();
    assertThat(UserFiles.isDescriptor(Path.of("/dev/fd/../zero"))).isFalse();
    assertThat(UserFiles.isDescriptor(Path.of("/dev/zero"))).isFalse();
  }
}
