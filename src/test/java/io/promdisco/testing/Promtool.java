package io.promdisco.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real {@code promtool}, which says whether Prometheus accepts a configuration file. */
public final class Promtool {
  /** Names the folder of the programs {@code promtool} and {@code config-of}. */
  public static final String CLIENTS = "promdisco.realclients";

  private static final String CHECKING = "Checking ";
  private static final String FAILED = "  FAILED:";

  private final Path program;
  private final Path log;

  /**
   * @param clients the folder of the program
   * @param work where to write its output
   */
  public Promtool(Path clients, Path work) {
    this.program = clients.resolve("promtool");
    this.log = work.resolve("promtool.out");
  }

  /**
   * What promtool says about a file.
   *
   * @param valid whether it accepts the file itself; what it says of the rules in the files that
   *     {@code rule_files} names does not count
   * @param crashed whether it ended with a panic instead of an answer
   * @param output everything it printed about the file, without the name of the file itself
   */
  public record Verdict(boolean valid, boolean crashed, String output) {}

  /**
   * Checks files in one process. A failure does not affect the verdicts of later files: the output
   * for each file begins with its own line. After a panic it continues with the remaining files.
   *
   * @param files absolute paths, each once
   */
  public Map<Path, Verdict> check(List<Path> files) throws IOException, InterruptedException {
    return check(files, List.of());
  }

  /** The same with options such as {@code --syntax-only}. */
  public Map<Path, Verdict> check(List<Path> files, List<String> options)
      throws IOException, InterruptedException {
    Map<Path, Verdict> verdicts = new LinkedHashMap<>();
    List<Path> left = files;
    while (!left.isEmpty()) {
      Map<Path, Verdict> some = run(left, options);
      verdicts.putAll(some);
      left = left.subList(some.size(), left.size());
    }
    return verdicts;
  }

  /**
   * Runs the program once, and returns the verdicts of the files that it checked, at least of the
   * first.
   */
  private Map<Path, Verdict> run(List<Path> files, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "check", "config"));
    command.addAll(options);
    files.forEach(file -> command.add(file.toString()));
    // One pipe for both outputs keeps their order. Output to a file cannot block the program.
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        throw new IOException("promtool did not end within 5 minutes");
      }
    } finally {
      process.destroyForcibly();
    }
    String output = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    Map<Path, String> parts = parts(files, output);
    boolean crashed = process.exitValue() > 1;
    if (parts.isEmpty() || (!crashed && parts.size() < files.size())) {
      throw new IOException("promtool ended with " + process.exitValue() + ": " + output);
    }
    Map<Path, Verdict> verdicts = new LinkedHashMap<>();
    parts.forEach(
        (file, part) -> {
          boolean last = crashed && verdicts.size() == parts.size() - 1;
          boolean valid = part.contains(" SUCCESS: " + file + " is valid ");
          if (!last && !valid && part.lines().noneMatch(line -> line.startsWith(FAILED))) {
            throw new IllegalStateException("promtool said: " + part);
          }
          verdicts.put(
              file,
              new Verdict(valid && !last, last, part.replace(file.toString(), "FILE").strip()));
        });
    return verdicts;
  }

  private static Map<Path, String> parts(List<Path> files, String output) {
    Map<Path, String> parts = new LinkedHashMap<>();
    int start = 0;
    for (int i = 0; i < files.size(); i++) {
      String heading = CHECKING + files.get(i) + "\n";
      int at = output.indexOf(heading, start);
      if (at < 0) {
        break;
      }
      start = at + heading.length();
      String next = i + 1 < files.size() ? CHECKING + files.get(i + 1) + "\n" : null;
      int end = next == null ? -1 : output.indexOf(next, start);
      parts.put(files.get(i), output.substring(start, end < 0 ? output.length() : end));
    }
    return parts;
  }
}
