package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.ConfigLoader.LoadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frequent mistakes get a hint what to do; whether a file is valid does not depend on it. */
class HintsTest {
  private static final String TARGETS = "  static_configs: [{targets: [a:1]}]\n";
  private static final String START = "scrape_configs:\n- job_name: x\n";

  private static LoadResult read(String yaml) {
    return new ConfigLoader()
        .read("p.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("no-such-folder"));
  }

  private static String errors(String yaml) {
    LoadResult result = read(yaml);
    assertThat(result.valid()).as(result.problems().toString()).isFalse();
    return said(result);
  }

  private static String warnings(String yaml) {
    LoadResult result = read(yaml);
    assertThat(result.valid()).as(result.problems().toString()).isTrue();
    return said(result);
  }

  private static String said(LoadResult result) {
    return String.join("\n", result.problems().stream().map(Problem::describe).toList());
  }

  private static String rule(String rule) {
    return START + TARGETS + "  relabel_configs:\n  - " + rule + "\n";
  }

  @ParameterizedTest
  @CsvSource({
    "dropp,drop",
    "keep_if_equal,keepequal",
    "drop_if_equal,dropequal",
    "label_map,labelmap",
    "label_drop,labeldrop",
  })
  void actionThatIsMistypedGetsTheNearestOne(String written, String meant) {
    assertThat(errors(rule("{source_labels: [a], target_label: b, action: " + written + "}")))
        .contains("p.yml:5:")
        .endsWith("; did you mean \"" + meant + "\"?");
  }

  @Test
  void actionThatIsLikeNoneGetsNoneAsAHint() {
    assertThat(errors(rule("{action: annihilate}"))).doesNotContain("did you mean");
  }

  @Test
  void dollarSignThatIsWrittenTwiceBeforeAGroupIsAWarning() {
    assertThat(warnings(rule("{regex: (.*), target_label: b, replacement: 'a-$$1-$${1}'}")))
        .startsWith("warning: p.yml:5:")
        .endsWith("; did you mean \"a-$1-${1}\"?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$1", "${1}", "costs $$", "$$a"})
  void otherDollarSignsGetNoHint(String replacement) {
    assertThat(
            warnings(rule("{regex: (.*), target_label: b, replacement: '" + replacement + "'}")))
        .isEmpty();
  }

  @Test
  void questionMarkInAPathIsAWarningThatNamesParams() {
    assertThat(warnings(START + "  metrics_path: /probe?module=http\n" + TARGETS))
        .startsWith("warning: p.yml:3:17:")
        .contains("under params");
    assertThat(warnings(START + "  metrics_path: /probe\n" + TARGETS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file_sd_configs: [{files: [/no-such-folder/*], refresh_interval: ",
        "http_sd_configs: [{url: 'http://localhost:1/', refresh_interval: ",
        "dns_sd_configs: [{names: [a.example], refresh_interval: "
      })
  void refreshIntervalOfZeroIsAWarning(String source) {
    assertThat(warnings(START + "  " + source + "0s}]\n"))
        .startsWith("warning: p.yml:3:")
        .contains("refresh_interval: Prometheus accepts 0s and then stops with a panic");
    assertThat(warnings(START + "  " + source + "1ms}]\n")).doesNotContain("refresh_interval");
  }

  @ParameterizedTest
  @CsvSource({
    "consult,consul",
    "kubernets,kubernetes",
    "digital_ocean,digitalocean",
    "htpp,http",
  })
  void sourceThatIsMistypedGetsTheNearestOneEvenIfItIsUnsupported(String written, String meant) {
    assertThat(errors(START + "  " + written + "_sd_configs: [{}]\n"))
        .contains(
            "p.yml:3:3: scrape_configs[0]."
                + written
                + "_sd_configs: field "
                + written
                + "_sd_configs not found; did you mean \""
                + meant
                + "_sd_configs\"?");
  }

  @Test
  void sourceOfPrometheusIsCalledUnsupportedAndNotMistyped() {
    assertThat(errors(START + "  oci_sd_configs: [{}]\n"))
        .contains("promdisco has no source of targets called oci");
    assertThat(errors(START + "  xds_sd_configs: [{}]\n"))
        .contains("field xds_sd_configs not found")
        .doesNotContain("has no source");
  }
}
