package io.promdisco.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The end of the build's output: what ran, what was skipped and why, from the files that {@link
 * BuildReport} wrote.
 */
public final class BuildSummary {
  private static final int SLOWEST = 5;
  private static final String ASSUMPTION = "Assumption failed: ";

  private final Map<String, Kind> kinds = new TreeMap<>();
  private final Map<String, Skipped> skipped = new TreeMap<>();
  private final Set<String> said = new TreeSet<>();
  private final Map<String, Long> millis = new HashMap<>();

  private static final class Kind {
    private final Set<String> classes = new TreeSet<>();
    private int tests;
  }

  private static final class Skipped {
    private final Set<String> classes = new TreeSet<>();
    private int tests;
  }

  private BuildSummary() {}

  /** Prints the summary of the folder that the argument names. */
  public static void main(String[] arguments) throws IOException {
    of(Path.of(arguments[0])).forEach(System.out::println);
  }

  /** The lines of the summary of {@code folder}, which need not exist. */
  static List<String> of(Path folder) throws IOException {
    BuildSummary summary = new BuildSummary();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.sorted().toList()) {
          summary.read(file);
        }
      }
    }
    return summary.lines();
  }

  private void read(Path file) throws IOException {
    String name = file.getFileName().toString();
    Kind kind =
        kinds.computeIfAbsent(
            name.substring(0, name.indexOf('.')).replace('-', ' '), any -> new Kind());
    for (String line : Files.readAllLines(file, UTF_8)) {
      List<String> fields = List.of(line.split("\t", -1));
      switch (fields.get(0)) {
        case "ran" -> {
          int tests = Integer.parseInt(fields.get(2));
          if (tests > 0) {
            kind.classes.add(fields.get(1));
            kind.tests += tests;
          }
          millis.merge(fields.get(1), Long.parseLong(fields.get(3)), Long::sum);
        }
        case "skipped" -> {
          Skipped group = skipped.computeIfAbsent(reason(fields.get(3)), any -> new Skipped());
          group.classes.add(fields.get(1));
          group.tests += Integer.parseInt(fields.get(2));
        }
        case "said" -> said.add(fields.get(1));
        default -> throw new IOException(file + ": unknown line: " + line);
      }
    }
  }

  /** The reason that the test's author wrote, without the condition that JUnit adds. */
  private static String reason(String written) {
    String reason =
        written.startsWith(ASSUMPTION) ? written.substring(ASSUMPTION.length()) : written;
    int comment = reason.indexOf(" ==> ");
    reason = comment < 0 ? reason : reason.substring(comment + " ==> ".length());
    return reason.isEmpty() ? "no reason is given" : reason;
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("What ran:");
    kinds.forEach(
        (name, kind) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "  %s: %,d in %d classes",
                    name,
                    kind.tests,
                    kind.classes.size())));
    if (kinds.isEmpty()) {
      lines.add("  no tests");
    }
    said.forEach(line -> lines.add("  " + line));
    if (!millis.isEmpty()) {
      lines.add("  slowest: " + slowest());
    }
    int tests = skipped.values().stream().mapToInt(group -> group.tests).sum();
    lines.add(tests == 0 ? "Nothing was skipped." : "Skipped: " + tests);
    skipped.entrySet().stream()
        .sorted(comparing(entry -> -entry.getValue().tests))
        .forEach(
            entry ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "  %d in %s: %s",
                        entry.getValue().tests,
                        String.join(", ", entry.getValue().classes),
                        entry.getKey())));
    lines.add("");
    return lines;
  }

  private String slowest() {
    return String.join(
        ", ",
        millis.entrySet().stream()
            .sorted(comparingLong(entry -> -entry.getValue()))
            .limit(SLOWEST)
            .map(
                entry ->
                    String.format(
                        Locale.ROOT, "%s %.1f s", entry.getKey(), entry.getValue() / 1000.0))
            .toList());
  }
}
