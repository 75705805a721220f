package io.promdisco.cli.bench;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.ExitCode;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * This program in a separate process, which ends with this one. Its output goes to a file. For one
 * thread.
 */
public final class ChildJvm implements AutoCloseable {
  private static final String MAIN = "io.promdisco.cli.Main";
  private static final long PATIENCE_SECONDS = 10;
  private static final int LINES_SHOWN = 10;
  private static final List<String> AGENTS =
      List.of("-javaagent", "-agentlib", "-agentpath", "-Xrunjdwp");

  private final String name;
  private final Path log;
  private final Process process;
  private final Thread atExit;

  private ChildJvm(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.atExit = new Thread(process::destroyForcibly, "sd-child-end");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Starts the process.
   *
   * @param name the name for people
   * @param log the file for its output
   * @param flags the flags of its JVM
   * @param arguments its command line
   */
  public static ChildJvm start(String name, Path log, List<String> flags, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    command.addAll(List.of(arguments));
    File output = log.toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    return new ChildJvm(name, log, process);
  }

  /** Returns the flags of this JVM, without those that only one process can have. */
  static List<String> ownFlags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> AGENTS.stream().noneMatch(flag::startsWith))
        .toList();
  }

  /** Writes a line to its standard input. */
  void sendLine(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Returns its output so far. */
  public String output() throws IOException {
    return Files.readString(log);
  }

  /**
   * Throws an exception if it has ended.
   *
   * @throws CommandException with the end of its output
   */
  public void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw failure("ended with " + process.exitValue());
    }
  }

  /** Returns an exception with a message and the end of its output. */
  CommandException failure(String what) throws IOException {
    List<String> printed = output().lines().toList();
    List<String> lines = new ArrayList<>();
    lines.add("promdisco: " + name + " " + what + "; its last lines:");
    for (String line : printed.subList(Math.max(0, printed.size() - LINES_SHOWN), printed.size())) {
      lines.add("  " + line);
    }
    return new CommandException(ExitCode.FINDING, lines);
  }

  /** Returns its CPU time so far; zero if the system does not report it. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Returns its peak resident memory so far, in bytes; only on Linux. */
  OptionalLong peakMemory() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.isReadable(status)) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst();
  }

  /** Asks it to end, and kills it after ten seconds. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // This process is ending, and the hook runs anyway.
      process.destroyForcibly();
    }
    process.getOutputStream().close();
  }
}
