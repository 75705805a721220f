package io.promdisco.config;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with mutated YAML syntax get the same verdict from the real {@code promtool}, and accepted
 * ones have the effective configuration of Prometheus.
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

  /** Intended differences, which decision 0020 explains. */
  private static final List<Known> KNOWN =
      List.of(
          // Text that go-yaml reads as null before its type can check it.
          new Known(
              "null|~",
              "accepts.*(?:unknown relabel action|unknown Kubernetes SD role|client_type:|but got"
                  + "|unrecognized log level) \"?(?:null|~)\"?.*"),
          new Known("regex", "(?:\\S*regex is \"(?:null|~)\" \\(expected: null\\); )+"),
          // With such a regex Prometheus itself crashes when it loads the file.
          new Known("regex: ['\"](?:null|~)", "Prometheus does not load it \\[\\].*"),
          // Bytes that are not UTF-8: config-of prints a U+FFFD for each.
          new Known("!!binary", "(?:\\S+ is \"[^\"]*\" \\(expected: \"\ufffd[^\"]*\"\\); )+"),
          // A key of a claim that is null: config-of prints it in another way.
          new Known(
              "claims", "(?:\\S+claims\\.\\S*(?:<nil>|null) is \\S+ \\(expected: \\S+\\); )+"),
          // A section, or a key of a map, that is written Null: defaults differ.
          new Known(
              "\\{(?:Null|NULL)|queue_config: (?:Null|NULL)",
              "refuses.*(?:\"\" is not a valid label name|max_shards must be positive).*"),
          new Known(
              "Null|NULL", "(?:\\S+ is (?:\\S+|\\{.*\\}) \\(expected: (?:\\S+|\\{.*\\})\\); )+"));

  /**
   * A kind of difference.
   *
   * @param content a pattern of what the file holds
   * @param difference a pattern of how the two differ
   */
  private record Known(String content, String difference) {
    boolean matches(Difference found) {
      return Pattern.compile(content).matcher(new String(found.of().content(), UTF_8)).find()
          && Pattern.compile(difference, Pattern.DOTALL)
              .matcher(found.text().replaceFirst("^promtool ", ""))
              .matches();
    }
  }

  private static final List<String> TARGETS =
      List.of(
          "- targets: [a:80, 'b:80', \"c:80\"]\n  labels: {x: y, 'a': \"b\"}\n",
          "# c\n- targets:\n  - a:80\n  - b:80\n  labels:\n    x: y\n    y: 1\n- targets:\n  - c\n",
          "---\n- &a\n  targets: [a]\n  labels: &l\n    x: y\n- <<: *a\n  targets: [b]\n",
          "[{\"targets\": [\"a:80\"], \"labels\": {\"x\": \"y\"}},\n {\"targets\": []}]\n",
          """
          - labels:
              x: |
                y
                z
              a: >-
                b
                c
            targets:
              - a
          """,
          "[]\n",
          "- {}\n- targets: [a, null, ~, '']\n  labels: {x: null, y: ''}\n");

  @TempDir private Path work = Path.of("");

  @BeforeEach
  void requireClients() {
    assumeFalse(CLIENTS.isEmpty(), "no -D" + Promtool.CLIENTS + "=FOLDER");
  }

  @Test
  void changedYamlIsJudgedAndReadAsByPrometheus() throws Exception {
    List<Path> origins = origins();
    assertThat(origins).isNotEmpty();
    List<Case> cases = new ArrayList<>();
    for (int number = 0; number < MUTATIONS; number++) {
      Path origin = origins.get((int) ((SEED + number) % origins.size()));
      cases.add(
          new Case(
              folder(origin),
              number + "-" + origin.getFileName(),
              new YamlMutations(SEED, number).mutate(Files.readAllBytes(origin))));
    }
    judge("YAML mutations, seed " + SEED, cases);
  }

  @Test
  void everyValueWrittenAsNullIsReadAsByPrometheus() throws Exception {
    List<Case> cases = new ArrayList<>();
    for (Path origin : in(Path.of("src/test/resources/every-key"))) {
      String text = Files.readString(origin);
      for (int line = 0; line < YamlMutations.lineList(text).size(); line++) {
        for (String value : List.of("Null", "\"null\"", "[Null]", "{Null: Null}", "!!null Null")) {
          String changed = YamlMutations.withValue(text, line, value);
          cases.add(
              new Case(
                  folder(origin),
                  origin.getFileName() + "-" + (line + 1) + "-" + value,
                  changed.getBytes(UTF_8)));
        }
      }
    }
    judge("nulls", cases);
  }

  @Test
  void changedTargetFilesAreJudgedAsByPrometheus() throws Exception {
    List<Case> cases = new ArrayList<>();
    for (int number = 0; number < MUTATIONS / 2; number++) {
      Path folder = work.resolve("targets-" + number / BATCH);
      Files.createDirectories(folder);
      String name = "m" + number + ".yml";
      byte[] text = TARGETS.get(number % TARGETS.size()).getBytes(UTF_8);
      Files.write(folder.resolve(name), new YamlMutations(-SEED, number).mutate(text));
      String config =
          "scrape_configs: [{job_name: a, file_sd_configs: [{files: [" + name + "]}]}]\n";
      cases.add(new Case(folder, "targets-" + number, config.getBytes(UTF_8)));
    }
    judge("target files, seed " + SEED, cases);
  }

  private void judge(String what, List<Case> cases) throws IOException, InterruptedException {
    assertThat(cases).isNotEmpty();
    ConfigJudge judge = new ConfigJudge(Path.of(CLIENTS), work.toRealPath());
    List<Difference> differences = new ArrayList<>();
    int accepted = 0;
    int known = 0;
    for (int first = 0; first < cases.size(); first += BATCH) {
      ConfigJudge.Result result =
          judge.judge(cases.subList(first, Math.min(first + BATCH, cases.size())));
      accepted += result.accepted();
      for (Difference difference : result.differences()) {
        // One at a time: patterns in another file may match this one, and a file may change
        // promtool.
        for (Difference alone : judge.judge(List.of(difference.of())).differences()) {
          if (KNOWN.stream().anyMatch(kind -> kind.matches(alone))) {
            known++;
          } else {
            differences.add(alone);
          }
        }
      }
    }
    System.out.println(
        what
            + ": "
            + cases.size()
            + " files, of which promtool accepts "
            + accepted
            + "; differences that are meant: "
            + known
            + ", others: "
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
    Path recorded = Path.of("src/test/conformance");
    List<Path> origins = new ArrayList<>();
    for (Path folder :
        List.of(
            recorded.resolve("config"),
            recorded.resolve("reports/yaml"),
            Path.of("src/test/resources/config"),
            Path.of("src/test/resources/every-key"),
            Path.of("config-examples"))) {
      origins.addAll(in(folder));
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

  private static List<Path> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().matches(".*\\.ya?ml"))
          .filter(file -> file.toFile().length() <= LARGEST)
          .sorted()
          .map(file -> file.toAbsolutePath().normalize())
          .toList();
    }
  }

  private static Path folder(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }
}
