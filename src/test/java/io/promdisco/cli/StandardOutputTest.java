package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.cli.output.Console;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Standard output that is full or closed is a failure, whatever was printed. */
@Timeout(120)
final class StandardOutputTest {
  private static final File FULL = new File("/dev/full");

  @TempDir private Path folder = Path.of("");

  private String config() throws IOException {
    return Files.writeString(
            folder.resolve("p.yml"),
            "scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]\n")
        .toString();
  }

  private Process start(ProcessBuilder.Redirect out, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.promdisco.cli.Main"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(out)
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("err"), StandardCharsets.UTF_8);
  }

  private static int code(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void fullDeviceIsAnErrorThatIsNamed() throws Exception {
    Assumptions.assumeTrue(FULL.exists(), "only Linux has a device that is full");
    for (String[] arguments :
        List.of(
            new String[] {"targets", config()},
            new String[] {"targets", config(), "--output", "json"},
            new String[] {"--help"})) {
      assertThat(code(start(ProcessBuilder.Redirect.to(FULL), arguments)))
          .as(arguments[0])
          .isEqualTo(1);
      assertThat(errors())
          .contains(
              "promdisco: standard output: No space left on device (expected: room for the whole"
                  + " output)");
    }
  }

  @Test
  void readerThatHasEndedIsAnErrorWithoutAMessage() throws Exception {
    Process process = start(ProcessBuilder.Redirect.PIPE, "targets", config());
    process.getInputStream().close(); // Long before the first line.

    assertThat(code(process)).isEqualTo(1);
    assertThat(errors()).doesNotContain("standard output").contains("1 active");
  }

  @Test
  void codeOfTheCommandStaysIfItIsAFailureAlready() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("full");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(full, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            0);
    console.line("something");

    assertThat(Main.run(console, "targets", "missing.yml")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output: cannot be written");
  }
}
