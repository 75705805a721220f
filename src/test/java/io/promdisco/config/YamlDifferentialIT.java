package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.scrape.WrittenTargets;
import io.promdisco.testing.ConfigOf;
import io.promdisco.testing.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares what the real promtool and this program say of files whose YAML is written in every
 * possible and impossible way. Property {@code promdisco.mutations} is how many files, {@code
 * promdisco.seed} which ones.
 */
class YamlDifferentialIT {
  private static final int BATCH = 250;
  private static final long LARGEST = 16_000;

  private final long mutations = Long.getLong("promdisco.mutations", 2_500);
  private final long seed = Long.getLong("promdisco.seed", 1);

  @TempDir Path work;

  private record Case(long number, Path origin, byte[] content) {}

  @Test
  void mutatedFilesAreJudgedAndReadAsByPrometheus() throws Exception {
    String clients = System.getProperty(Promtool.CLIENTS);
    assumeTrue(clients != null, "needs -D" + Promtool.CLIENTS + "=FOLDER with promtool");
    Promtool promtool = new Promtool(Path.of(clients), work);
    ConfigOf configOf = new ConfigOf(Path.of(clients), work);
    List<Path> origins = origins(promtool);
    List<String> differences = new ArrayList<>();
    long valid = 0;
    for (long first = 0; first < mutations; first += BATCH) {
      Map<Path, Case> cases = new LinkedHashMap<>();
      for (long number = first; number < Math.min(first + BATCH, mutations); number++) {
        Path origin = origins.get((int) ((seed + number) % origins.size()));
        byte[] content = new YamlMutations(seed, number).mutate(Files.readAllBytes(origin));
        // Each in a folder of its own, which patterns of other files do not match.
        Path file = Files.createDirectory(work.resolve("m" + number)).resolve("config.yml");
        Files.write(file, content);
        cases.put(file, new Case(number, origin, content));
      }
      List<Path> files = List.copyOf(cases.keySet());
      Map<Path, Promtool.Verdict> verdicts = promtool.check(files);
      Map<Path, JsonNode> configs = configOf.read(files);
      for (Path file : files) {
        String difference = difference(file, verdicts.get(file), configs.get(file));
        valid += verdicts.get(file).valid() ? 1 : 0;
        if (difference != null) {
          Case odd = cases.get(file);
          keep(odd);
          differences.add(odd.number + " of " + odd.origin.getFileName() + ": " + difference);
        }
        Files.delete(file);
        Files.delete(file.getParent());
      }
    }
    System.out.println(
        "YAML mutations: " + mutations + " with seed " + seed + ", " + valid + " of them valid, "
            + differences.size() + " judged differently");
    assertThat(differences).isEmpty();
  }

  private static void keep(Case odd) throws IOException {
    String folder = System.getProperty("promdisco.keep");
    if (folder != null) {
      Files.createDirectories(Path.of(folder));
      Files.write(Path.of(folder).resolve(odd.number + "-" + odd.origin.getFileName()), odd.content);
    }
  }

  private String difference(Path file, Promtool.Verdict verdict, JsonNode config) throws IOException {
    ConfigLoader.LoadResult result;
    List<Problem> problems;
    try {
      result = new ConfigLoader().read(file);
      problems = WrittenTargets.check(file.toString(), result);
    } catch (RuntimeException | StackOverflowError e) {
      return "throws " + e + " at " + List.of(e.getStackTrace()).subList(0, 3);
    }
    List<Problem> errors =
        problems.stream().filter(p -> p.severity() == Problem.Severity.ERROR).toList();
    if (verdict.crashed()) {
      return null;
    }
    if (errors.isEmpty() != verdict.valid()) {
      return verdict.valid()
          ? "refused: " + errors.get(0).toString().replace(work.toString(), "")
          : "accepted: " + verdict.output();
    }
    if (result.configuration().isEmpty() || !config.has("config")) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    compare("", config.get("config"), result.configuration().get().effective(), out);
    return out.isEmpty() ? null : out.toString();
  }

  private static void compare(String path, JsonNode expected, Object actual, StringBuilder out) {
    if (expected.isObject() && actual instanceof Map<?, ?> map) {
      expected
          .properties()
          .forEach(
              entry -> {
                if (map.containsKey(entry.getKey())) {
                  compare(path + "." + entry.getKey(), entry.getValue(), map.get(entry.getKey()), out);
                } else {
                  out.append(path + "." + entry.getKey() + " missing (" + entry.getValue() + "); ");
                }
              });
      map.forEach(
          (key, value) -> {
            if (!expected.has(String.valueOf(key))) {
              out.append(path + "." + key + " too much (" + value + "); ");
            }
          });
    } else if (expected.isArray()
        && actual instanceof List<?> list
        && list.size() == expected.size()) {
      for (int i = 0; i < list.size(); i++) {
        compare(path + "[" + i + "]", expected.get(i), list.get(i), out);
      }
    } else if (!isSame(expected, actual)) {
      out.append(path + ": " + actual + " (expected: " + expected + "); ");
    }
  }

  private static boolean isSame(JsonNode expected, Object actual) {
    if (expected.isNumber() && actual instanceof Number number) {
      return expected.doubleValue() == number.doubleValue();
    }
    if (expected.isNull()) {
      return actual == null || actual.equals("") || actual.equals("null");
    }
    return expected.asText().equals(String.valueOf(actual));
  }

  /** Files to change: those that are valid three times. */
  private static List<Path> origins(Promtool promtool) throws IOException, InterruptedException {
    Path shared = Path.of(System.getProperty("promdisco.shared", "../shared"), "conformance");
    List<Path> origins = new ArrayList<>();
    for (Path folder :
        List.of(
            shared.resolve("config"),
            shared.resolve("reports/yaml"),
            Path.of("src/test/resources/config"),
            Path.of("config-examples"))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          files
              .filter(file -> file.toString().matches(".*\\.ya?ml") && file.toFile().length() <= LARGEST)
              .sorted()
              .map(file -> file.toAbsolutePath().normalize())
              .forEach(origins::add);
        }
      }
    }
    Map<Path, Promtool.Verdict> verdicts = promtool.check(origins);
    List<Path> valid = origins.stream().filter(file -> verdicts.get(file).valid()).toList();
    origins.addAll(valid);
    origins.addAll(valid);
    return origins;
  }
}
