package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.promdisco.config.ConfigJudge.Case;
import io.promdisco.config.ConfigJudge.Difference;
import io.promdisco.testing.Promtool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changed configuration files are judged as the real {@code promtool} judges them, and accepted
 * ones have the effective configuration that Prometheus shows.
 *
 * <p>The property {@code promdisco.realclients} names the folder of the programs {@code promtool}
 * and {@code config-of}; {@code promdisco.mutations} says how many files to try, {@code
 * promdisco.seed} which.
 */
class ConfigDifferentialIT {
  private static final String CLIENTS = System.getProperty(Promtool.CLIENTS, "");
  private static final int MUTATIONS = Integer.getInteger("promdisco.mutations", 2_500);
  private static final long SEED = Long.getLong("promdisco.seed", 1);
  private static final int BATCH = 250;

  /** How many differences to show. */
  private static final int SHOWN = 50;

  @TempDir private Path work = Path.of("");

  /** A file to change. */
  private record Source(Path file, ConfigMutations.Base base) {}

  @BeforeEach
  void requireClients() {
    assumeFalse(CLIENTS.isEmpty(), "no -D" + Promtool.CLIENTS + "=FOLDER");
  }

  @Test
  void filesAreJudgedAsPrometheusJudgesThem() throws Exception {
    List<Case> cases = new ArrayList<>();
    for (Path file : files()) {
      cases.add(
          new Case(folder(file), file.getFileName().toString(), Files.readAllBytes(file)));
    }
    assertThat(cases).hasSizeGreaterThan(5);
    assertThat(shown(judge("files", cases))).isEmpty();
  }

  @Test
  void changedFilesAreJudgedAsPrometheusJudgesThem() throws Exception {
    ConfigMutations mutations = new ConfigMutations(SEED);
    List<Source> every = new ArrayList<>();
    List<Source> recorded = new ArrayList<>();
    for (Path file : files()) {
      Optional<ConfigMutations.Base> base = mutations.learn(Files.readAllBytes(file));
      (file.startsWith(everyKey()) ? every : recorded)
          .addAll(base.map(read -> new Source(file, read)).stream().toList());
    }
    Random random = new Random(SEED);
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < MUTATIONS; i++) {
      List<Source> from = recorded.isEmpty() || random.nextInt(3) > 0 ? every : recorded;
      Source source = from.get(random.nextInt(from.size()));
      StringBuilder about = new StringBuilder();
      byte[] content = mutations.mutate(source.base, about);
      cases.add(new Case(folder(source.file), source.file.getFileName() + ": " + about, content));
    }
    assertThat(shown(judge("mutations, seed " + SEED, cases))).isEmpty();
  }

  private List<Difference> judge(String what, List<Case> cases)
      throws IOException, InterruptedException {
    ConfigJudge judge =
        new ConfigJudge(Path.of(CLIENTS), Files.createTempDirectory(work, "judge").toRealPath());
    List<Difference> differences = new ArrayList<>();
    int accepted = 0;
    for (int i = 0; i < cases.size(); i += BATCH) {
      ConfigJudge.Result result = judge.judge(cases.subList(i, Math.min(cases.size(), i + BATCH)));
      accepted += result.accepted();
      differences.addAll(result.differences());
    }
    System.out.println(
        what
            + ": "
            + cases.size()
            + " files, of which promtool accepts "
            + accepted
            + "; differences: "
            + differences.size());
    save(differences);
    return differences;
  }

  /** Keeps the files on which they differ, for a look at them. */
  private static void save(List<Difference> differences) throws IOException {
    Path folder = Path.of("target", "config-differences");
    Files.createDirectories(folder);
    for (int i = 0; i < differences.size(); i++) {
      Difference difference = differences.get(i);
      String comment = "# " + difference.of().about() + "\n# " + difference.text() + "\n";
      Files.writeString(
          folder.resolve(i + ".yml"),
          comment.replace("\n", "\n# ").stripTrailing().replaceAll("#$", "")
              + new String(difference.of().content(), StandardCharsets.UTF_8));
    }
  }

  private static List<String> shown(List<Difference> differences) {
    return differences.stream()
        .limit(SHOWN)
        .map(difference -> difference.of().about() + "\n    " + difference.text())
        .toList();
  }

  private static Path everyKey() {
    return Path.of("src/test/resources/every-key").toAbsolutePath();
  }

  private static Path folder(Path file) {
    return file.getParent();
  }

  /** The configuration files of the conformance suites, and those that hold every key. */
  private static List<Path> files() throws IOException {
    Path shared =
        Path.of(System.getProperty("promdisco.shared", "../shared"), "conformance")
            .toAbsolutePath()
            .normalize();
    List<Path> files = new ArrayList<>(in(everyKey(), 1, ".yml"));
    files.addAll(in(shared.resolve("config"), 1, ".yml"));
    files.addAll(in(shared.resolve("kubernetes"), 2, "config.yml"));
    files.addAll(in(shared.resolve("reports"), 4, ".yml"));
    return files;
  }

  private static List<Path> in(Path folder, int depth, String suffix) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.walk(folder, depth)) {
      return found
          .filter(Files::isRegularFile)
          .filter(file -> file.getFileName().toString().endsWith(suffix))
          .sorted()
          .toList();
    }
  }
}
