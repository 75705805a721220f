package io.promdisco.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnlyJobsTest {
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: good
        static_configs: [{targets: ['127.0.0.1:9']}]
      - job_name: bad
        foo: 1
        file_sd_configs: [{files: [none.json]}]
      - job_name: right
        file_sd_configs: [{files: [none.json]}]
      """;

  @TempDir private Path folder = Path.of("");

  private ConfigLoader.LoadResult read(ConfigLoader loader, String text) throws IOException {
    return loader.read(Files.writeString(folder.resolve("p.yml"), text));
  }

  private static List<String> names(ConfigLoader.LoadResult result) {
    return result.configuration().orElseThrow().jobs().stream().map(ScrapeConfig::jobName).toList();
  }

  @Test
  void errorsOfOtherJobsAreOneWarningAndTheJobsAreMissing() throws IOException {
    ConfigLoader.LoadResult result = read(new ConfigLoader().onlyJobs(List.of("good")), CONFIG);

    assertThat(result.valid()).isTrue();
    assertThat(names(result)).containsExactly("good", "right");
    assertThat(result.problems())
        .extracting(Problem::describe)
        .containsExactly("warning: " + folder + "/p.yml:5:3: 1 error in jobs that are left out");
  }

  @Test
  void errorsOfTheJobItselfCount() throws IOException {
    ConfigLoader.LoadResult result = read(new ConfigLoader().onlyJobs(List.of("bad")), CONFIG);

    assertThat(result.configuration()).isEmpty();
    assertThat(result.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.path()).isEqualTo("scrape_configs[1].foo"));
  }

  @Test
  void errorsOutsideOfJobsCount() throws IOException {
    ConfigLoader loader = new ConfigLoader().onlyJobs(List.of("good"));

    assertThat(read(loader, CONFIG + "global: {foo: 1}\n").configuration()).isEmpty();
    assertThat(read(loader, CONFIG + "a: [\n").configuration()).isEmpty();
  }

  @Test
  void anIndexIsNotMistakenForTheBeginningOfALongerOne() throws IOException {
    StringBuilder text = new StringBuilder("scrape_configs:\n");
    for (int i = 0; i <= 10; i++) {
      text.append("- {job_name: j").append(i).append(", static_configs: [{targets: ['h:1']}]");
      text.append(i == 10 ? ", foo: 1}\n" : "}\n");
    }
    assertThat(read(new ConfigLoader().onlyJobs(List.of("j10")), text.toString()).configuration())
        .isEmpty();
    assertThat(names(read(new ConfigLoader().onlyJobs(List.of("j1")), text.toString())))
        .hasSize(10);
  }

  @Test
  void jobsOfOtherFilesAreLeftOutAsWell() throws IOException {
    Files.writeString(folder.resolve("more.yml"), "scrape_configs: [{job_name: more, foo: 1}]\n");
    String text =
        "scrape_config_files: [more.yml]\nscrape_configs: [{job_name: good, static_configs: []}]\n";

    assertThat(names(read(new ConfigLoader().onlyJobs(List.of("good")), text)))
        .containsExactly("good");
    assertThat(read(new ConfigLoader(), text).configuration()).isEmpty();
  }

  @Test
  void filesOfTargetsAreReadForTheChosenJobsOnlyAndOnlyIfWanted() throws IOException {
    Files.writeString(folder.resolve("broken.json"), "{");
    String text = CONFIG.replace("foo: 1", "scheme: http").replace("none.json", "broken.json");

    assertThat(read(new ConfigLoader(), text).valid()).isFalse();
    assertThat(read(new ConfigLoader().onlyJobs(List.of("good")), text).valid()).isTrue();
    assertThat(read(new ConfigLoader().onlyJobs(List.of("right")), text).valid()).isFalse();
    assertThat(read(new ConfigLoader().leavingTargetFiles(), text).valid()).isTrue();
    String missing = CONFIG.replace("foo: 1", "scheme: http");
    assertThat(read(new ConfigLoader().leavingTargetFiles(), missing).problems())
        .filteredOn(problem -> problem.kind() == ProblemKind.MISSING_FILE)
        .extracting(Problem::message)
        .containsExactly(
            "file \"" + folder + "/none.json\" does not exist",
            "file \"" + folder + "/none.json\" does not exist");
  }
}
