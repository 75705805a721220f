package io.promdisco.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** YAML as go-yaml v2 reads it into Prometheus's structures. */
class YamlSemanticsTest {
  private static final String TARGETS = "  static_configs: [{targets: ['web:80']}]\n";

  private static LoadResult read(String yaml) {
    return new ConfigLoader()
        .read("test.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("/etc/prometheus"));
  }

  private static LoadResult readJob(String settings) {
    return read("scrape_configs:\n- job_name: shop\n" + settings.indent(2) + TARGETS);
  }

  private static Map<String, Object> job(LoadResult result, int index) {
    assertThat(result.problems()).isEmpty();
    return result.configuration().orElseThrow().jobs().get(index).effective();
  }

  private static List<String> messages(LoadResult result) {
    return result.problems().stream().map(Problem::message).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "Yes", "on", "ON", "y", "true", "TRUE", "!!bool yes"})
  void yaml11HasManyWordsForTrue(String word) {
    assertThat(job(readJob("honor_labels: " + word), 0)).containsEntry("honor_labels", true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tRue", "1", "'true'", "\"yes\"", "!!str true", "|\n  true", "[true]"})
  void otherWordsAreRefusedAsBooleans(String word) {
    LoadResult result = readJob("honor_labels: " + word);

    assertThat(result.configuration()).isEmpty();
    assertThat(messages(result)).singleElement().asString().contains("into bool");
  }

  @ParameterizedTest
  @CsvSource({
    "010, 8",
    "0o17, 15",
    "0x1F, 31",
    "0b11, 3",
    "1_000, 1000",
    "+5, 5",
    "1e3, 1000",
    "2.9, 2",
    "08, 8",
    "18446744073709551615, 18446744073709551615",
    "!!int '7', 7",
    "!!float 7, 7"
  })
  void numbersAreReadInEverySpellingThatGoTakes(String text, String number) {
    assertThat(job(readJob("sample_limit: " + text), 0).get("sample_limit")).hasToString(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1:30",
        "'10'",
        "-1",
        "ten",
        ".inf",
        ".nan",
        "_1",
        "1e30",
        "2001-01-01",
        "!!str 5"
      })
  void andNothingElseIsANumber(String text) {
    assertThat(messages(readJob("sample_limit: " + text)))
        .singleElement()
        .asString()
        .contains("into uint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "010", "1_000", "2001-01-01", "1.50", "on", "'null'", "0x1F"})
  void textKeepsItsSpellingWhateverItLooksLike(String text) {
    Map<String, Object> job = job(readJob("params: {q: [" + text + "]}"), 0);

    assertThat(job.get("params")).isEqualTo(Map.of("q", List.of(text.replace("'", ""))));
  }

  @Test
  void binaryTextIsDecoded() {
    assertThat(job(readJob("metrics_path: !!binary L3g="), 0)).containsEntry("metrics_path", "/x");
  }

  @Test
  void textWithTheTagOfANumberMustBeOne() {
    assertThat(messages(readJob("metrics_path: !!int /x"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "~", "null", "Null", "NULL", "!!null ''"})
  void nullSetsTheZeroValueAndNotTheDefault(String nothing) {
    LoadResult result = readJob("follow_redirects: " + nothing + "\nscheme: " + nothing);

    Map<String, Object> job = result.configuration().orElseThrow().jobs().get(0).effective();
    assertThat(job).containsEntry("follow_redirects", false).doesNotContainKey("scheme");
    assertThat(messages(result))
        .containsExactly(
            "null means false (expected: a value, or no key to use the default)",
            "null means empty (expected: a value, or no key to use the default)");
  }

  @Test
  void nullSeparatorIsEmpty() {
    Map<String, Object> job =
        job(readJob("relabel_configs: [{target_label: a, separator: , replacement: x}]"), 0);

    assertThat(String.valueOf(job.get("relabel_configs"))).contains("separator=,");
  }

  @Test
  void sectionThatIsNullHasItsDefaultsButAnEmptyOneHasNoEscapingScheme() {
    assertThat(global(read("global:\n")))
        .containsEntry("metric_name_escaping_scheme", "allow-utf-8");
    assertThat(global(read("global: {}\n")))
        .containsEntry("scrape_interval", "1m")
        .doesNotContainKey("metric_name_escaping_scheme");
  }

  private static Map<Object, Object> global(LoadResult result) {
    return new HashMap<>(
        (Map<?, ?>) result.configuration().orElseThrow().effective().get("global"));
  }

  @Test
  void ownKeysWinOverAMergeBeforeThemAndLoseToOneAfterThem() {
    String yaml =
        """
        scrape_configs:
        - &base
          job_name: base
          scheme: https
          static_configs: &s [{targets: ['web:80']}]
        - <<: *base
          job_name: before
          scheme: http
        - job_name: after
          scheme: http
          <<: {scheme: https}
          metrics_path: /after
          static_configs: *s
        """;

    assertThat(job(read(yaml), 1))
        .containsEntry("job_name", "before")
        .containsEntry("scheme", "http");
    assertThat(job(read(yaml), 2)).containsEntry("scheme", "https");
  }

  @Test
  void firstOfAListOfMergesWins() {
    LoadResult result = readJob("<<: [{scheme: https}, {scheme: http, metrics_path: /x}]");

    assertThat(job(result, 0)).containsEntry("scheme", "https").containsEntry("metrics_path", "/x");
  }

  @Test
  void mergesAddToSomeSectionsAndReplaceOthers() {
    LoadResult result =
        readJob(
            """
            <<:
              tls_config: {server_name: merged, insecure_skip_verify: true}
              params: {a: ['1']}
              http_headers: {X-A: {values: [a]}}
            tls_config: {server_name: own}
            params: {b: ['2']}
            http_headers: {X-B: {values: [b]}}
            """);

    assertThat(job(result, 0))
        .containsEntry("tls_config", Map.of("server_name", "own", "insecure_skip_verify", true))
        .containsEntry("params", Map.of("a", List.of("1"), "b", List.of("2")))
        .containsEntry("http_headers", Map.of("X-B", Map.of("values", List.of("b"))));
  }

  @Test
  void nullAfterAMergeClearsWhatWasMerged() {
    LoadResult result = readJob("<<: {basic_auth: {username: u}}\nbasic_auth:");

    assertThat(job(result, 0)).doesNotContainKey("basic_auth");
  }

  @Test
  void keyThatAMapGetsTwiceIsRefusedMergedOrNot() {
    assertThat(messages(readJob("params: {<<: {x: ['1']}, x: ['2']}")))
        .containsExactly("key \"x\" already set in map (expected: once)");
    assertThat(messages(readJob("params: {x: ['1'], x: ['2']}")))
        .containsExactly("key \"x\" already set in map (expected: once)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<<: text", "<<: [[{scheme: http}]]", "<<:"})
  void onlyMapsAreMerged(String merge) {
    assertThat(messages(readJob(merge)))
        .containsExactly("map merge requires map or sequence of maps as the value");
  }

  @Test
  void quotedMergeKeyIsAnUnknownKey() {
    assertThat(messages(readJob("'<<': {scheme: https}")))
        .singleElement()
        .asString()
        .startsWith("field << not found");
  }

  @Test
  void mistakeInAMergedSectionIsReportedOnce() {
    LoadResult result =
        read(
            """
            scrape_configs:
            - &base
              job_name: base
              static_configs: &s [{targets: ['web:80']}]
              sheme: https
            - <<: *base
              job_name: other
            """);

    assertThat(result.problems()).hasSize(1);
  }

  @Test
  void onlyTheFirstDocumentIsRead() {
    LoadResult result = read("global: {scrape_interval: 7s}\n---\nglobal: [\n");

    assertThat(global(result)).containsEntry("scrape_interval", "7s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "\n\n", "{}\n", "--- {}\n"})
  void emptyFileIsAConfigurationWithDefaults(String yaml) {
    assertThat(global(read(yaml))).containsEntry("scrape_interval", "1m");
  }

  @Test
  void emptyStaticGroupsAreAcceptedButNullIsNot() {
    assertThat(read("scrape_configs: [{job_name: a, static_configs: [{}]}]").configuration())
        .isPresent();
    assertThat(read("scrape_configs: [{job_name: a, static_configs: [null]}]").configuration())
        .isEmpty();
  }

  @Test
  void relativePathsAreResolvedAgainstTheFolder() {
    LoadResult result = readJob("tls_config: {ca_file: ../ca.crt}\nbasic_auth: {password_file: p}");

    // The files do not exist, which is reported too.
    assertThat(result.problems()).extracting(Problem::kind).containsOnly(ProblemKind.MISSING_FILE);
    assertThat(result.configuration().orElseThrow().jobs().get(0).effective())
        .containsEntry(
            "tls_config", Map.of("ca_file", "/etc/ca.crt", "insecure_skip_verify", false))
        .containsEntry("basic_auth", Map.of("password_file", "/etc/prometheus/p"));
  }
}
