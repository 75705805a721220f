package io.promdisco.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Problem;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frequent mistakes have a hint; it does not depend on whether the file is valid. */
class SyntaxHintsTest {
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
    assertThat(warnings(rule("{regex: (.*), target_label: b, replacement: '" + replacement + "'}")))
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
        "file_sd_configs: [{files: ['*.json'], refresh_interval: ",
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
        .contains("promdisco does not support service discovery of kind oci");
    assertThat(errors(START + "  xds_sd_configs: [{}]\n"))
        .contains("field xds_sd_configs not found")
        .doesNotContain("does not support");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scrape_configs:\\n  -job_name: x\\n    scheme: http|:3:11: |\"-\" in line 2",
        "scrape_configs:\\n  - job_name:x\\n    scheme: http|:3:11: |\"job_name:\" in line 2",
        "scrape_configs:\\n- job_name: x\\n  scrape_interval:15s\\n  scheme: http"
            + "|:4:3: |\"scrape_interval:\" in line 3",
        "scrape_configs:\\n"
            + "- static_configs:\\n"
            + "  - targets:\\n"
            + "    -a:1\\n"
            + "    -b:2|:5:5: |\"-\" in line 4",
        "scrape_configs:\\n- job_name: x\\n  sample_limit:10\\n  scheme: http"
            + "|:4:3: |\"sample_limit:\" in line 3",
      })
  void missingBlankThatBreaksTheFileIsNamedWithItsLine(String yaml, String place, String hint) {
    assertThat(errors(yaml.replace("\\n", "\n")))
        .contains("p.yml" + place)
        .endsWith("; a blank is missing after " + hint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "global:\\n  scrape_interval:15s|:2:3: global: |scrape_interval:",
        "scrape_configs:\\n- job_name: x\\n  -targets: [a]|:3:3: |-",
        "scrape_configs:\\n  -job_name: x|:2:3: |-",
        "scrape_configs:\\n- job_name: x\\n  static_configs:\\n  - targets:[a]|:4:5: |targets:",
        "scrape_configs:\\n- {job_name: x, scheme:http}|:2:17: |scheme:",
      })
  void missingBlankThatMakesAnotherValueIsNamed(String yaml, String place, String hint) {
    assertThat(errors(yaml.replace("\\n", "\n")).lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("error: p.yml" + place)
                    .endsWith("; a blank is missing after \"" + hint + "\""));
  }

  @Test
  void missingBlankInALabelThatPrometheusAcceptsIsAWarning() {
    assertThat(warnings(START + "  static_configs: [{targets: [a], labels: {env:prod}}]\n"))
        .startsWith("warning: p.yml:3:44: ")
        .endsWith("a blank is missing after \"env:\"");
    assertThat(warnings(START + "  static_configs: [{targets: [a], labels: {'env:prod': }}]\n"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  static_configs: [{targets: db_server:9090}]\n",
        "  static_configs:\n  - targets:\n    - db_server:9090\n    - -\n   x: y\n",
        "  http_sd_configs:\n  - url: http://localhost:1/\n  http_sd_configs: ]\n",
        "  scrape_interval: -15s\n"
      })
  void otherErrorsAreNotBlamedOnABlank(String yaml) {
    assertThat(errors(START + yaml)).doesNotContain("blank");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scrape_configs:\\n- job_name: {{ name }}|:2:13: ",
        "scrape_configs:\\n- job_name: x\\n  static_configs: {{ all }}|:3:19: ",
        "scrape_configs:\\n{% for a in b %}\\n- job_name: x|:2:2: ",
        "scrape_configs:\\n{{- range .Values.jobs }}\\n- job_name: x|:3:1: ",
      })
  void templateThatBreaksTheFileIsCalledOne(String yaml, String place) {
    assertThat(errors(yaml.replace("\\n", "\n")).lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("error: p.yml" + place)
                    .endsWith(" looks like a template that was not rendered"));
  }

  @Test
  void templateInQuotesIsAWarning() {
    assertThat(warnings(START + "  static_configs: [{targets: ['{{ host }}:1']}]\n"))
        .isEqualTo(
            "warning: p.yml:3:31: scrape_configs[0].static_configs[0].targets[0]: looks like a"
                + " template that was not rendered");
    assertThat(warnings(rule("{source_labels: [a], regex: '{{.*}}', target_label: b}"))).isEmpty();
    assertThat(errors("a: '{{ x }}'\nb: ]\n")).doesNotContain("template");
  }

  @Test
  void templateInAPasswordIsAWarningThatDoesNotShowIt() {
    String password = START + TARGETS + "  basic_auth: {username: u, password: '";
    assertThat(warnings(password + "{{ hunter2 }}'}\n"))
        .contains("template")
        .doesNotContain("hunter2");
    assertThat(warnings(password + "a{{b}}c$(D)${E:-f}'}\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"@", "`"})
  void textThatBeginsWithAReservedCharacterIsToBeQuoted(String reserved) {
    assertThat(errors("scrape_configs:\n- job_name: " + reserved + "x\n"))
        .startsWith("error: p.yml:2:13: ")
        .endsWith("; write text that begins with " + reserved + " in quotes")
        .doesNotContain("indentation");
    assertThat(warnings("scrape_configs:\n- job_name: '" + reserved + "x'\n" + TARGETS)).isEmpty();
  }

  @Test
  void tabIsStillBlamedOnIndentation() {
    assertThat(errors("scrape_configs:\n\t- job_name: x\n")).contains("for indentation");
  }

  @Test
  void defaultOfAShellIsAWarning() {
    assertThat(warnings(START + "  static_configs: [{targets: ['${HOST:-hunter2}:1']}]\n"))
        .startsWith("warning: p.yml:3:31: ")
        .contains("${HOST:-...}")
        .doesNotContain("hunter2");
    assertThat(warnings(rule("{regex: '(.*)', target_label: b, replacement: '${1}-x'}"))).isEmpty();
  }

  @Test
  void defaultOfAShellInARefusedValueIsSaidWithTheError() {
    String said = errors(START + TARGETS + "  scrape_interval: ${EVERY:-15s}\n");

    assertThat(said.lines()).hasSize(1);
    assertThat(said)
        .startsWith("error: p.yml:4:20: ")
        .contains("not a valid duration string")
        .endsWith("(expected: the value instead of ${EVERY:-...})");
  }

  private static String selector(String selector) {
    return START
        + "  kubernetes_sd_configs:\n  - role: pod\n    selectors: [{role: pod, "
        + selector
        + "}]\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"$(NODE_NAME)", "${NODE_NAME}", "$NODE_NAME"})
  void variableInAFieldSelectorIsAWarning(String variable) {
    assertThat(warnings(selector("field: 'spec.nodeName=" + variable + "'")))
        .startsWith("warning: p.yml:5:36: ")
        .contains("Prometheus does not expand " + variable);
    assertThat(warnings(selector("field: spec.nodeName=node-1"))).isEmpty();
  }

  @Test
  void variableThatTheOperatorReplacesGetsNoHint() {
    String operated = "global: {external_labels: {replica: $(POD_NAME)}}\n";

    assertThat(warnings(operated + START + TARGETS)).isEmpty();
  }

  @Test
  void keyThatLacksABlankGetsNoOtherHint() {
    assertThat(errors(rule("{action: keep, target_label:x, regex: a}")))
        .contains("field target_label:x not found; a blank is missing")
        .doesNotContain("did you mean");
  }

  @Test
  void variableInALabelSelectorIsSaidWithTheError() {
    assertThat(errors(selector("label: 'a=$(NODE_NAME)'")))
        .startsWith("error: p.yml:5:36: ")
        .endsWith(
            "; Prometheus does not expand $(NODE_NAME) (expected: its value; the operator replaces it before Prometheus reads the file)");
    assertThat(errors(selector("label: 'a=@'"))).doesNotContain("expand");
  }

  @Test
  void hintsInJobsThatAreLeftOutAreNotSaid() {
    String other = "- job_name: y\n  static_configs: [{targets: ['{{ a }}']}]\n";
    LoadResult result =
        new ConfigLoader()
            .onlyJobs(List.of("x"))
            .read(
                "p.yml", (START + TARGETS + other).getBytes(StandardCharsets.UTF_8), Path.of("."));

    assertThat(result.problems()).isEmpty();
  }

  @Test
  void manyOpeningsAreReadInLittleTimeAndSpace() {
    String hostile = "{{".repeat(50_000) + "${A:-".repeat(50_000) + "a_".repeat(50_000);

    assertThat(warnings(START + "  static_configs: [{targets: ['" + hostile + "']}]\n")).isEmpty();
    assertThat(errors(hostile.replace("{", "") + ":\n- - " + "- ".repeat(90) + "]\n")).isNotEmpty();
  }
}
