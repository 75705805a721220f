package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.promdisco.config.ConfigJudge.Case;
import io.promdisco.config.ConfigJudge.Difference;
import io.promdisco.testing.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files whose YAML is written in all kinds of ways are judged as the real {@code promtool} judges
 * them, and accepted ones have the effective configuration that Prometheus shows.
 *
 * <p>The property {@code promdisco.realclients} names the folder of the programs {@code promtool}
 * and {@code config-of}; {@code promdisco.mutations} says how many files to try, {@code
 * promdisco.seed} which, {@code promdisco.keep} where to keep those on which they differ.
 */
class YamlDifferentialIT {
  private static final String CLIENTS = System.getProperty(Promtool.CLIENTS, "");
  private static final int MUTATIONS = Integer.getInteger("promdisco.mutations", 2_500);
  private static final long SEED = Long.getLong("promdisco.seed", 1);
  private static final String KEEP = System.getProperty("promdisco.keep", "");
  private static final int BATCH = 250;
  private static final long LARGEST = 16_000;

  @TempDir private Path work = Path.of("");

  @BeforeEach
  void requireClients() {
    assumeFalse(CLIENTS.isEmpty(), "no -D" + Promtool.CLIENTS + "=FOLDER");
  }

  @Test
  void changedYamlIsJudgedAndReadAsByPrometheus() throws Exception {
    List<Path> origins = origins();
    assertThat(origins).isNotEmpty();
    ConfigJudge judge = new ConfigJudge(Path.of(CLIENTS), work.toRealPath());
    List<Difference> differences = new ArrayList<>();
    int accepted = 0;
    for (int first = 0; first < MUTATIONS; first += BATCH) {
      List<Case> cases = new ArrayList<>();
      for (int number = first; number < Math.min(first + BATCH, MUTATIONS); number++) {
        Path origin = origins.get((int) ((SEED + number) % origins.size()));
        cases.add(
            new Case(
                origin.getParent(),
                number + "-" + origin.getFileName(),
                new YamlMutations(SEED, number).mutate(Files.readAllBytes(origin))));
      }
      ConfigJudge.Result result = judge.judge(cases);
      accepted += result.accepted();
      for (Difference difference : result.differences()) {
        // Alone: patterns in another file may match this one, and a file may change promtool.
        differences.addAll(judge.judge(List.of(difference.of())).differences());
      }
    }
    System.out.println(
        "YAML mutations, seed "
            + SEED
            + ": "
            + MUTATIONS
            + " files, of which promtool accepts "
            + accepted
            + "; differences: "
            + differences.size());
    keep(differences);
    assertThat(differences.stream().map(YamlDifferentialIT::shown)).isEmpty();
  }

  private static String shown(Difference difference) {
    return difference.of().about() + ": " + difference.text();
  }

  private static void keep(List<Difference> differences) throws IOException {
    if (!KEEP.isEmpty()) {
      for (Difference difference : differences) {
        Files.write(
            Files.createDirectories(Path.of(KEEP)).resolve(difference.of().about()),
            difference.of().content());
      }
    }
  }

  /** Files to change: those that are valid three times. */
  private List<Path> origins() throws IOException, InterruptedException {
    Path shared = Path.of(System.getProperty("promdisco.shared", "../shared"), "conformance");
    List<Path> origins = new ArrayList<>();
    for (Path folder :
        List.of(
            shared.resolve("config"),
            shared.resolve("reports/yaml"),
            Path.of("src/test/resources/config"),
            Path.of("src/test/resources/every-key"),
            Path.of("config-examples"))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          files
              .filter(file -> file.toString().matches(".*\\.ya?ml"))
              .filter(file -> file.toFile().length() <= LARGEST)
              .sorted()
              .map(file -> file.toAbsolutePath().normalize())
              .forEach(origins::add);
        }
      }
    }
    Promtool promtool = new Promtool(Path.of(CLIENTS), work);
    List<Path> valid = new ArrayList<>();
    promtool
        .check(origins)
        .forEach(
            (file, verdict) -> {
              if (verdict.valid()) {
                valid.add(file);
              }
            });
    origins.addAll(valid);
    origins.addAll(valid);
    return origins;
  }
}
