package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with a program that prints its arguments instead of the JVM. */
class LauncherArchiveTest {
  private static final String JVM =
      """
      #!/bin/sh
      for argument; do
        case $argument in -XX:ArchiveClassesAtExit=*) echo made > "${argument#*=}" ;; esac
      done
      echo "$@"
      """;

  @TempDir private Path folder = Path.of("");
  private Path home = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void install() throws IOException {
    home = Files.createDirectories(folder.resolve("home"));
    target = Files.createDirectories(home.resolve("target"));
    permit(home, "rwxr-xr-x");
    permit(target, "rwxr-xr-x");
    Files.copy(Path.of("promdisco"), home.resolve("promdisco"));
    permit(home.resolve("promdisco"), "rwxr-xr-x");
    Files.writeString(target.resolve("promdisco.jar"), "");
    Files.writeString(target.resolve("promdisco-program.jar"), "");
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(jdk.resolve("java"), JVM);
    permit(jdk.resolve("java"), "rwxr-xr-x");
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private static void permit(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private String run() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", home.resolve("promdisco").toString(), "targets");
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private Path archive() {
    return target.resolve("commands-17.0.1.jsa");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anArchiveIsMadeOnceAndUsed() throws Exception {
    assertThat(run()).contains("-XX:SharedArchiveFile=" + archive().toRealPath());
    assertThat(files())
        .containsExactly("commands-17.0.1.jsa", "promdisco-program.jar", "promdisco.jar");
    Files.writeString(archive(), "kept");
    assertThat(run()).contains("-XX:SharedArchiveFile=");
    assertThat(archive()).hasContent("kept");
  }

  @Test
  void doesNotUseAnArchiveThatOthersCanWrite() throws Exception {
    for (String permissions : List.of("rw-r--rw-", "rw-rw-rw-")) {
      Files.writeString(archive(), "planted");
      permit(archive(), permissions);
      assertThat(run()).doesNotContain("SharedArchiveFile").contains("targets");
    }
  }

  @Test
  void neitherMakesNorUsesAnArchiveInAFolderThatOthersCanWrite() throws Exception {
    for (Path open : List.of(home, target)) {
      permit(open, "rwxrwxrwx");
      assertThat(run()).doesNotContain("SharedArchiveFile");
      assertThat(files()).containsExactly("promdisco-program.jar", "promdisco.jar");
      Files.writeString(archive(), "planted");
      assertThat(run()).doesNotContain("SharedArchiveFile");
      Files.delete(archive());
      permit(open, "rwxr-xr-x");
    }
  }

  @Test
  void doesNotUseALinkAsAnArchive() throws Exception {
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "planted");
    Files.createSymbolicLink(archive(), elsewhere);
    assertThat(run()).doesNotContain("SharedArchiveFile");
    assertThat(elsewhere).hasContent("planted");
  }
}
