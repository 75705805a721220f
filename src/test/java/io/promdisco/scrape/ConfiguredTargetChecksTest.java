package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredTargetChecksTest {
  @TempDir private Path folder = Path.of("");

  private List<Problem> check(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("p.yml"), yaml);
    return ConfiguredTargetChecks.check(file.toString(), new ConfigLoader().read(file));
  }

  private static final String STATIC =
      """
      scrape_configs:
      - job_name: a
        static_configs:
        - targets: ['good:1']
        - targets: ['good:2', 'http://h:1']
        relabel_configs:
        - %s
      """;

  @Test
  void aTargetThatNoRuleCorrectsIsAnErrorAtItsPlace() throws IOException {
    List<Problem> problems = check(String.format(STATIC, "{target_label: x, replacement: y}"));

    assertThat(problems).hasSize(1);
    Problem problem = problems.get(0);
    assertThat(problem.kind()).isEqualTo(ProblemKind.BAD_TARGET);
    assertThat(problem.position()).hasToString(folder.resolve("p.yml") + ":5:25");
    assertThat(problem.path()).isEqualTo("scrape_configs[0].static_configs[1].targets[1]");
    assertThat(problem.message())
        .contains("\"http://h:1\" is not a valid hostname")
        .contains("job \"a\"");
  }

  @Test
  void aTargetThatARuleCorrectsOrDropsIsValid() throws IOException {
    assertThat(
            check(
                String.format(
                    STATIC,
                    "{source_labels: [__address__], regex: '(?:http://)?(.+)',"
                        + " target_label: __address__}")))
        .isEmpty();
    assertThat(
            check(
                String.format(
                    STATIC, "{source_labels: [__address__], regex: http.*, action: drop}")))
        .isEmpty();
  }

  @Test
  void targetsInFilesAreErrorsInThoseFiles() throws IOException {
    Files.writeString(folder.resolve("t.json"), "[{\"targets\": [\"h:1\",\n  \"h:2/x\"]}]");
    Files.writeString(folder.resolve("t.yml"), "- targets: ['h:1']\n- targets:\n  - h:2/y\n");

    List<Problem> problems =
        check("scrape_configs: [{job_name: a, file_sd_configs: [{files: [t.json, t.yml]}]}]");

    assertThat(problems)
        .extracting(problem -> problem.position().toString())
        .containsExactly(folder.resolve("t.json") + ":2:3", folder.resolve("t.yml") + ":3:5");
    assertThat(problems)
        .extracting(Problem::path)
        .containsExactly("[0].targets[1]", "[1].targets[0]");
  }

  @Test
  void brokenFileIsReportedOnceAndItsTargetsAreNotLookedAt() throws IOException {
    Files.writeString(folder.resolve("t.json"), "[{\"targets\": [\"h/1\"]}, 7]");

    List<Problem> problems =
        check("scrape_configs: [{job_name: a, file_sd_configs: [{files: [t.json]}]}]");

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).kind()).isEqualTo(ProblemKind.WRONG_TYPE);
  }

  @Test
  void jobsOfNamedFilesAreCheckedToo() throws IOException {
    Files.writeString(
        folder.resolve("jobs.yml"),
        String.format(STATIC, "{action: labeldrop, regex: __address__}"));

    List<Problem> problems = check("scrape_config_files: [jobs.yml]");

    assertThat(problems).hasSize(3);
    assertThat(problems).allMatch(problem -> problem.message().contains("no address"));
    assertThat(problems).allMatch(problem -> problem.position().file().endsWith("jobs.yml"));
  }
}
