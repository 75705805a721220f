package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promdisco.testing.SkipReason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command in a separate process, with a pseudo-terminal or a pipe. */
final class Terminal implements AutoCloseable {
  private final Process process;
  private final Path screen;

  private Terminal(Process process, Path screen) {
    this.process = process;
    this.screen = screen;
  }

  /** Runs it with a pseudo-terminal; the test is skipped if there is none. */
  static Terminal run(Path folder, String... args) throws IOException {
    return runLine(folder, line(args));
  }

  /** Runs a line of the shell under a pseudo-terminal. */
  static Terminal runLine(Path folder, String line) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), SkipReason.SCRIPT);
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/stty")), SkipReason.STTY);
    Path screen = folder.resolve("screen");
    return start(
        new ProcessBuilder("script", "-qefc", line, screen.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD),
        screen);
  }

  /** Runs it with both outputs in a pipe or file, like a script. */
  static Terminal piped(Path folder, String... args) throws IOException {
    Path output = folder.resolve("output");
    return start(new ProcessBuilder(command(args)).redirectOutput(output.toFile()), output);
  }

  /** Returns the command as a shell command line. */
  static String line(String... args) {
    return String.join(" ", command(args));
  }

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("io.promdisco.cli.Main");
    command.addAll(List.of(args));
    return command;
  }

  private static Terminal start(ProcessBuilder builder, Path screen) throws IOException {
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TERM", "xterm");
    builder.environment().remove("NO_COLOR");
    return new Terminal(builder.redirectErrorStream(true).start(), screen);
  }

  /** The keyboard input. */
  OutputStream keys() {
    return process.getOutputStream();
  }

  /** Everything that was printed so far. */
  String screen() throws IOException {
    return Files.exists(screen) ? Files.readString(screen, StandardCharsets.ISO_8859_1) : "";
  }

  /** Waits for the end. */
  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("it has ended").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
