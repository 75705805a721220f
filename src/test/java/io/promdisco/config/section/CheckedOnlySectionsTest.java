package io.promdisco.config.section;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.ScrapeProtocol;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/**
 * Settings that do not affect targets, checked as by promtool 3.16 and shown as by Prometheus 3.16.
 */
class CheckedOnlySectionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          runtime:                                  | {gogc: 75, log_level: info}
          runtime: {}                               | {gogc: 75, log_level: info}
          runtime: {gogc: 50}                       | {gogc: 50, log_level: info}
          runtime: {log_level: WARN}                | {gogc: 75, log_level: warn}
          runtime: {log_level: Debug}               | {gogc: 75, log_level: debug}
          runtime: {log_level: ''}                  | {gogc: 75, log_level: info}
          runtime: {gogc: 0}                        | {log_level: info}
          runtime: {gogc: null}                     | {log_level: info}
          runtime: {gogc: 0, log_level: error}      | {log_level: error}
          runtime: {gogc: null, log_level: null}    | {gogc: 75, log_level: info}
          runtime: {log_level: null}                | {gogc: 75}
          """)
  void runtimeHasTheValuesThatPrometheusShows(String yaml, String shown) {
    LoadResult result = read(yaml);

    assertThat(section(result, "runtime")).isEqualTo(new Yaml().load(shown));
  }

  @ParameterizedTest
  @CsvSource({"warning", "trace", "' info'", "1", "true"})
  void anUnknownLogLevelIsRefused(String level) {
    LoadResult result = read("runtime: {log_level: " + quoted(level) + "}");

    assertThat(result.configuration()).isEmpty();
    assertThat(result.problems().toString())
        .contains(
            "runtime.log_level: unrecognized log level " + level + " (expected: one of debug, ");
  }

  private static String quoted(String text) {
    return text.startsWith(" ") ? "'" + text + "'" : text;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          query_max_series       | 0                    | null
          query_max_series       | null                 | null
          query_max_series       | 1.9                  | 1
          query_max_series       | 0x10                 | 16
          query_max_series       | 18446744073709551615 | 18446744073709551615
          query_max_samples_read | 1_000                | 1000
          query_max_duration     | 0                    | null
          query_max_duration     | null                 | null
          query_max_duration     | 90m                  | 1h30m
          """)
  void limitsOfQueriesAreShownUnlessTheyAreZero(String key, String value, String shown) {
    LoadResult result = read("global: {" + key + ": " + value + "}");

    assertThat(String.valueOf(section(result, "global").get(key))).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          query_max_series       | -1
          query_max_series       | abc
          query_max_series       | '1'
          query_max_series       | 1e30
          query_max_series       | [1]
          query_max_samples_read | -1
          query_max_samples_read | '1'
          query_max_duration     | 1
          query_max_duration     | ''
          query_max_duration     | -1m
          query_max_duration     | 1.5h
          query_max_durations    | 1m
          """)
  void otherLimitsOfQueriesAreRefused(String key, String value) {
    LoadResult result = read("global: {" + key + ": " + value + "}");

    assertThat(result.configuration()).isEmpty();
    assertThat(result.problems()).singleElement().asString().contains(key);
  }

  @Test
  void openMetrics2MayBeAskedForAndIsTheFallbackWhereNamed() {
    LoadResult result =
        read(
            """
            global: {scrape_protocols: [OpenMetricsText2.0.0, PrometheusText0.0.4]}
            scrape_configs:
            - {job_name: a, fallback_scrape_protocol: OpenMetricsText2.0.0}
            """);

    ScrapeConfig job = result.configuration().orElseThrow().jobs().get(0);
    assertThat(job.scrapeProtocols())
        .containsExactly(
            ScrapeProtocol.OPEN_METRICS_TEXT_2_0_0, ScrapeProtocol.PROMETHEUS_TEXT_0_0_4);
    assertThat(job.fallbackScrapeProtocol()).contains(ScrapeProtocol.OPEN_METRICS_TEXT_2_0_0);
    assertThat(job.acceptHeader())
        .isEqualTo(
            "application/openmetrics-text;version=2.0.0;escaping=allow-utf-8;q=0.7,"
                + "text/plain;version=0.0.4;q=0.6,*/*;q=0.5");
  }

  @Test
  void openMetrics2IsNotAskedForByDefault() {
    LoadResult result = read("scrape_configs: [{job_name: a}]");

    assertThat(result.configuration().orElseThrow().jobs().get(0).scrapeProtocols())
        .doesNotContain(ScrapeProtocol.OPEN_METRICS_TEXT_2_0_0);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "yes, true", "false, null", "null, null"})
  void remoteWriteMayConvertHistograms(String value, String shown) {
    LoadResult result =
        read("remote_write: [{url: 'http://h/w', convert_nhcb_to_classic: " + value + "}]");

    Map<?, ?> write =
        (Map<?, ?>)
            requireNonNull(
                    (List<?>) result.configuration().orElseThrow().effective().get("remote_write"))
                .get(0);
    assertThat(String.valueOf(write.get("convert_nhcb_to_classic"))).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"1", "'\"true\"'"})
  void remoteWriteRejectsTextThatIsNotABoolean(String value) {
    assertThat(
            read("remote_write: [{url: 'http://h/w', convert_nhcb_to_classic: " + value + "}]")
                .configuration())
        .isEmpty();
  }

  private static LoadResult read(String yaml) {
    return new ConfigLoader().read("p.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of(""));
  }

  private static Map<?, ?> section(LoadResult result, String name) {
    Object effective = result.configuration().orElseThrow().effective().get(name);
    Object plain = new Yaml().load(new Yaml().dump(effective));
    return plain instanceof Map<?, ?> map ? map : Map.of();
  }
}
