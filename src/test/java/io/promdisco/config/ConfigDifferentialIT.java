package io.promdisco.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.ConfigJudge.Case;
import io.promdisco.config.ConfigJudge.Difference;
import io.promdisco.config.section.DiscoveryKindsTest;
import io.promdisco.testing.ConfigOf;
import io.promdisco.testing.Promtool;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated configuration files get the same verdict from the real {@code promtool}, and accepted
 * ones have the effective configuration of Prometheus.
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
  private static final Path RECORDED = Path.of("src/test/conformance/promtool");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One of this many files is not the configuration, but a file with jobs that it names. */
  private static final int NAMED = 20;

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
      cases.add(new Case(folder(file), file.getFileName().toString(), Files.readAllBytes(file)));
    }
    assertThat(cases).hasSizeGreaterThan(5);
    assertThat(shown(judge("files", cases))).isEmpty();
  }

  /**
   * Compares the recorded answers in {@code src/test/conformance/promtool} with today's. With
   * {@code promdisco.record=true}, it records them again.
   */
  @Test
  void theRecordedAnswersAreThoseOfTheRealPrograms() throws Exception {
    Path folder = RECORDED.toAbsolutePath();
    List<Path> files = in(folder, 1, ".yml");
    Path clients = Path.of(CLIENTS);
    Map<Path, Promtool.Verdict> verdicts = new Promtool(clients, work).check(files);
    Map<Path, JsonNode> shown = new ConfigOf(clients, work).read(files);
    ObjectNode answers = JSON.createObjectNode();
    verdicts.forEach(
        (file, verdict) -> {
          JsonNode of = requireNonNull(shown.get(file));
          answers.set(file.getFileName().toString(), ConfigJudge.answer(verdict, of));
        });
    String text =
        (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answers) + "\n")
            .replace(folder + "/", "");
    Path expected = folder.resolve("expected.json");
    if (Boolean.getBoolean("promdisco.record")) {
      Files.writeString(expected, text);
    }
    assertThat(text).isEqualTo(Files.readString(expected));
  }

  @Test
  void theRecordedKindsOfDiscoveryAreThoseOfPrometheus() throws Exception {
    assertThat(Files.readAllLines(DiscoveryKindsTest.KINDS))
        .isEqualTo(Files.readAllLines(Path.of(CLIENTS, "sd-kinds")));
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
      String what = source.file.getFileName() + ": " + about;
      if (random.nextInt(NAMED) > 0) {
        cases.add(new Case(folder(source.file), what, content));
      } else {
        String name = "jobs-" + i + ".config";
        byte[] main = ("scrape_config_files: [" + name + "]\n").getBytes(UTF_8);
        cases.add(new Case(folder(source.file), "jobs of " + what, main, Map.of(name, content)));
      }
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
      for (Difference difference : result.differences()) {
        // One at a time, because a pattern in one file may match another.
        differences.addAll(judge.judge(List.of(difference.of())).differences());
      }
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

  /** Saves the files on which they differ, for inspection. */
  private static void save(List<Difference> differences) throws IOException {
    Path folder = Path.of("target", "config-differences");
    Files.createDirectories(folder);
    for (int i = 0; i < differences.size(); i++) {
      Difference difference = differences.get(i);
      String comment = "# " + difference.of().about() + "\n# " + difference.text() + "\n";
      Files.writeString(
          folder.resolve(i + ".yml"),
          comment.replace("\n", "\n# ").stripTrailing().replaceAll("#$", "")
              + new String(difference.of().content(), UTF_8));
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
    return requireNonNull(file.getParent());
  }

  /** The configuration files of the conformance suites, and those that hold every key. */
  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>(in(everyKey(), 1, ".yml"));
    Set<String> contents = new HashSet<>();
    for (Path root : RecordedCases.roots()) {
      Path top = root.toAbsolutePath().normalize();
      List<Path> found = new ArrayList<>(in(top.resolve("config"), 1, ".yml"));
      found.addAll(in(top.resolve("promtool"), 1, ".yml"));
      found.addAll(in(top.resolve("kubernetes"), 2, "config.yml"));
      found.addAll(in(top.resolve("reports"), 4, ".yml"));
      for (Path file : found) {
        // The enclosing folder contains copies of many files.
        byte[] content = Files.readAllBytes(file);
        if (contents.add(file.getFileName() + new String(content, ISO_8859_1))) {
          files.add(file);
        }
      }
    }
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
