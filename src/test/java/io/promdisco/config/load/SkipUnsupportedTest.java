package io.promdisco.config.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.section.SdConfigReader;
import io.promdisco.config.section.StaticSdReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkipUnsupportedTest {
  private static final String MIXED =
      """
      scrape_configs:
      - job_name: machines
        ec2_sd_configs: [{region: eu-west-1}]
        static_configs: [{targets: ['h:1']}]
      - job_name: kept
        static_configs: [{targets: ['h:2']}]
      alerting:
        alertmanagers:
        - consul_sd_configs: [{server: 'c:8500'}]
      """;

  private static ConfigLoader.LoadResult read(ConfigLoader loader, String yaml) {
    return loader.read("p.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("."));
  }

  @Test
  void unsupportedSourceIsAnErrorThatNamesItAndThoseThereAre() {
    List<Problem> problems = read(new ConfigLoader(), MIXED).problems();

    assertThat(problems)
        .extracting(Problem::toString)
        .allMatch(text -> text.contains("expected: one of static_configs, kubernetes_sd_configs"))
        .satisfiesExactly(
            text -> assertThat(text).startsWith("p.yml:3:3: ").contains("of kind ec2"),
            text -> assertThat(text).startsWith("p.yml:9:5: ").contains("of kind consul"));
    assertThat(problems).allMatch(p -> p.kind() == ProblemKind.UNSUPPORTED_SOURCE);
  }

  @Test
  void jobWithSuchASourceIsLeftOutAsAWholeWithAWarning() {
    ConfigLoader.LoadResult result = read(new ConfigLoader().skippingUnsupported(), MIXED);

    assertThat(result.valid()).isTrue();
    assertThat(result.configuration().orElseThrow().jobs())
        .extracting(ScrapeConfig::jobName)
        .containsExactly("kept");
    assertThat(result.configuration().orElseThrow().effective().toString())
        .doesNotContain("machines");
    assertThat(result.groups()).hasSize(1);
    assertThat(result.problems())
        .extracting(Problem::message)
        .containsExactly(
            "job \"machines\" is left out: promdisco does not support service discovery of kind ec2",
            "this Alertmanager is left out: promdisco does not support service discovery of kind consul");
  }

  @Test
  void otherMistakesOfAJobThatIsLeftOutAreStillMistakes() {
    assertThat(
            read(
                    new ConfigLoader().skippingUnsupported(),
                    "scrape_configs: [{job_name: a, gce_sd_configs: [], schema: http}]")
                .valid())
        .isFalse();
  }

  @Test
  void twoReadersOfOneKeyAreRefused() {
    List<SdConfigReader> twice = List.of(new StaticSdReader(), new StaticSdReader());

    assertThatThrownBy(() -> new ConfigLoader(twice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("static_configs");
  }
}
