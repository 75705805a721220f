package io.promdisco.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The real program in a process of its own, which logs all there is. */
final class PromdiscoProcess implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private PromdiscoProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static PromdiscoProcess start(Path folder, String... arguments) throws IOException {
    return start(folder, List.of("-Dpromdisco.log.level=trace"), arguments);
  }

  /** Starts it with more flags of the JVM. */
  static PromdiscoProcess start(Path folder, List<String> flags, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), "io.promdisco.cli.Main"));
    command.addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new PromdiscoProcess(process, out, err);
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Runs a command to its end and returns its exit code and all that it printed. */
  static Result run(Path folder, String... arguments) throws Exception {
    try (PromdiscoProcess program = start(folder, arguments)) {
      return program.end();
    }
  }

  /**
   * What came of it.
   *
   * @param output standard output and standard error
   */
  record Result(int code, String output) {}

  /** Asks it to end, as an operator would. */
  Result terminate() throws Exception {
    process.destroy();
    return end();
  }

  private Result end() throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ended: %s", output()).isTrue();
    return new Result(process.exitValue(), output());
  }

  /** What it has printed so far. */
  String output() throws IOException {
    return new String(Files.readAllBytes(out), StandardCharsets.UTF_8)
        + new String(Files.readAllBytes(err), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
