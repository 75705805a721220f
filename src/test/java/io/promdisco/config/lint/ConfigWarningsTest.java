package io.promdisco.config.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid settings that are probably a mistake, and similar ones that are not. */
class ConfigWarningsTest {
  private static List<Problem> problems(String yaml) {
    ConfigLoader.LoadResult result =
        new ConfigLoader().read("p.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("."));
    assertThat(result.valid()).as(result.problems().toString()).isTrue();
    return result.problems();
  }

  private static List<String> said(String yaml) {
    return problems(yaml).stream().map(problem -> problem.kind().id()).toList();
  }

  /** One job with a source and rules, each in flow style. */
  private static String job(String source, String... rules) {
    return "scrape_configs:\n- job_name: a\n  "
        + source
        + "\n  relabel_configs:\n  - "
        + String.join("\n  - ", rules)
        + "\n";
  }

  private static String role(String role) {
    return "kubernetes_sd_configs: [{role: " + role + "}]";
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void aNameThatProxiesRemoveFromUrls(String name) {
    String jobs = "scrape_configs:\n- {job_name: %s, static_configs: [{targets: ['h:1']}]}\n";
    assertThat(problems(jobs.formatted("'" + name + "'")))
        .singleElement()
        .asString()
        .isEqualTo(
            "p.yml:2:14: scrape_configs[0].job_name: browsers and HTTP proxies remove \""
                + name
                + "\" from the path of a URL, so the targets of this job cannot be read through"
                + " them (expected: another name)");
    assertThat(problems(jobs.formatted("'" + name + "." + "a'"))).isEmpty();
  }

  @Test
  void aRuleWithManySourceLabelsAndALongRegexTakesLittleTime() {
    String labels = "__meta_kubernetes_node_name, ".repeat(29) + "__meta_kubernetes_pod_name";
    String rule = "{source_labels: [%s], regex: '%sx', action: keep}";
    assertTimeoutPreemptively(
        Duration.ofSeconds(30), // a backtracking search would not end
        () -> said(job(role("node"), rule.formatted(labels, ";".repeat(2000)))));
  }

  @Test
  void labelOfAnotherRoleIsNamedWithTheRolesThatSetIt() {
    List<Problem> problems =
        problems(
            job(
                role("node"),
                "{source_labels: [__meta_kubernetes_pod_name], target_label: pod}",
                "{source_labels: [__meta_kubernetes_node_name], target_label: node}"));

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0))
        .hasToString(
            "p.yml:5:21: scrape_configs[0].relabel_configs[0].source_labels: no source of this job"
                + " sets __meta_kubernetes_pod_name (set by role pod, endpoints, endpointslice),"
                + " so there is nothing to write to pod");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "node|{source_labels: [__meta_kubernetes_pod_label_app], regex: web, action: keep}"
            + "|every target is dropped",
        "node|{source_labels: [__meta_kubernetes_pod_label_app], regex: web, action: drop}"
            + "|nothing is dropped",
        "node|{source_labels: [__meta_kubernetes_pod_label_app], regex: '', action: drop}"
            + "|every target is dropped",
        "pod|{source_labels: [__meta_consul_service], regex: web, action: keep}"
            + "|every target is dropped",
        "pod|{source_labels: [__meta_kubernetes_node_label_zone], target_label: zone}"
            + "|set by role node, pod with attach_metadata",
        "pod|{source_labels: [__meta_kubernetes_pod_nam], target_label: pod}"
            + "|did you mean \"__meta_kubernetes_pod_name\"?",
        "pod|{source_labels: [__meta_kubernetes_service_name, __meta_kubernetes_pod_name],"
            + " regex: 'web;(web-0)?', action: keep}|every target is dropped",
        "service|{action: labelmap, regex: __meta_kubernetes_pod_label_(.+)}"
            + "|begins with __meta_kubernetes_pod_label_",
        "service|{source_labels: [__meta_kubernetes_pod_uid], action: hashmod, modulus: 4,"
            + " target_label: shard}|every target gets the same shard",
        "ingress|{source_labels: [__meta_kubernetes_pod_uid], action: lowercase, target_label: u}"
            + "|nothing to write to u"
      })
  void ruleWithoutAnEffectIsSaidToHaveNone(String role, String rule, String effect) {
    List<Problem> problems = problems(job(role(role), rule));

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).kind()).isEqualTo(ProblemKind.LABEL_NEVER_SET);
    assertThat(problems.get(0).message()).contains(effect);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{source_labels: [__meta_kubernetes_pod_label_app], target_label: app}",
        "{source_labels: [__meta_kubernetes_pod_annotationpresent_x], target_label: app}",
        "{source_labels: [__meta_kubernetes_service_name], target_label: app}",
        "{source_labels: [__meta_kubernetes_endpoint_address_target_kind,"
            + " __meta_kubernetes_endpoint_address_target_name], regex: Pod;(.*), target_label: p}",
        "{source_labels: [__meta_kubernetes_endpoints_label_x], target_label: p}",
        "{source_labels: [__meta_kubernetes_pod_container_port_number], target_label: p}"
      })
  void endpointsShowPodsAndServicesToo(String rule) {
    assertThat(said(job(role("endpoints"), rule))).isEmpty();
  }

  @Test
  void slicesShowNodesWhenAttached() {
    assertThat(
            said(
                job(
                    "kubernetes_sd_configs: [{role: endpointslice,"
                        + " attach_metadata: {node: true, namespace: true}}]",
                    "{source_labels: [__meta_kubernetes_node_label_zone], target_label: zone}",
                    "{source_labels: [__meta_kubernetes_namespace_label_team], target_label: t}",
                    "{source_labels: [__meta_kubernetes_endpointslice_endpoint_topology_x],"
                        + " target_label: x}")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{source_labels: [__meta_kubernetes_pod_name], regex: '', target_label: n,"
            + " replacement: none}",
        "{source_labels: [__meta_kubernetes_pod_name], target_label: n, replacement: none}",
        "{source_labels: [__meta_kubernetes_pod_name], regex: '', action: keep}",
        "{source_labels: [__meta_kubernetes_pod_name, __meta_kubernetes_node_name],"
            + " regex: ';?([^;]+);?', target_label: n}",
        "{source_labels: [__meta_kubernetes_pod_name, __meta_kubernetes_node_name],"
            + " regex: ';a|;b', action: keep}",
        "{source_labels: [not_meta], target_label: n}",
        "{source_labels: [__meta_kubernetes_pod_name], action: keepequal, target_label: n}"
      })
  void ruleForAMissingLabelIsLeftAlone(String rule) {
    assertThat(said(job(role("node"), rule))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{target_label: __meta_consul_service, replacement: x}",
        "{source_labels: [__meta_kubernetes_node_name], regex: '(.+)', target_label: '$1'}",
        "{action: labelmap, regex: '__meta_(.+)_(.+)', replacement: '__meta_consul_$2'}",
        "{action: labelmap, regex: '__meta_kubernetes_node_label_(.+)',"
            + " replacement: '__meta_consul_$1'}",
        "{action: labelmap, regex: '__meta_kubernetes_node_label_(a|b)', replacement: '$1'}",
        "{action: labelmap, regex: '__meta_kubernetes_node_condition_(.+)', replacement: '$1'}",
        "{action: labelmap, regex: '__meta_kubernetes_node_label_x(.+)', replacement: '$1'}"
      })
  void labelThatAnEarlierRuleMayWriteIsThere(String earlier) {
    String reading = "{source_labels: [__meta_consul_service], target_label: x}";

    assertThat(said(job(role("node"), earlier, reading))).isEmpty();
    assertThat(said(job(role("node"), reading, earlier))).containsExactly("label-never-set");
  }

  @Test
  void labelmapOfKubernetesLabelsWritesNoMetaLabel() {
    assertThat(
            said(
                job(
                    role("node"),
                    "{action: labelmap, regex: __meta_kubernetes_node_label_(.+)}",
                    "{source_labels: [__meta_consul_service], target_label: x}")))
        .containsExactly("label-never-set");
  }

  @Test
  void groupsMayBringMetaLabelsAndSoMayFilesAndServers() {
    String reading = "{source_labels: [__meta_consul_service], target_label: x}";
    assertThat(
            said(
                job(
                    "static_configs: [{targets: ['h:1'], labels: {__meta_consul_service: s}}]",
                    reading)))
        .isEmpty();
    assertThat(said(job("static_configs: [{targets: ['h:1']}]", reading)))
        .containsExactly("label-never-set");
    assertThat(said(job("http_sd_configs: [{url: 'http://h/'}]", reading))).isEmpty();
    assertThat(
            said(job("file_sd_configs: [{files: [none.json]}]", reading))) // which does not exist
        .containsExactly("missing-file");
  }

  @Test
  void dnsLabelsDependOnTheTypeOfRecord() {
    String reading = "{source_labels: [__meta_dns_srv_record_port], target_label: port}";
    assertThat(said(job("dns_sd_configs: [{names: [x]}]", reading))).isEmpty();
    assertThat(said(job("dns_sd_configs: [{names: [x], type: A, port: 80}]", reading)))
        .containsExactly("label-never-set");
  }

  @Test
  void ruleThatJobsShareIsOfUseIfItIsInOneOfThem() {
    String shared =
        """
        scrape_configs:
        - job_name: nodes
          kubernetes_sd_configs: [{role: node}]
          relabel_configs: &shared
          - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
        - job_name: pods
          kubernetes_sd_configs: [{role: %s}]
          relabel_configs: *shared
        """;

    assertThat(said(String.format(shared, "pod"))).isEmpty();
    assertThat(said(String.format(shared, "service"))).containsExactly("label-never-set");
  }

  @Test
  void temporaryLabelThatNoRuleReadsIsAWarning() {
    String write = "{source_labels: [job], target_label: __tmp_x}";
    String static1 = "static_configs: [{targets: ['h:1']}]";
    assertThat(said(job(static1, write))).containsExactly("unused-label");
    assertThat(said(job(static1, "{source_labels: [__tmp_x], target_label: y}", write)))
        .containsExactly("unused-label");
    assertThat(said(job(static1, write, "{action: labeldrop, regex: __tmp_.*}")))
        .containsExactly("unused-label");
    for (String read :
        List.of(
            "{source_labels: [job, __tmp_x], target_label: y}",
            "{source_labels: [job], action: keepequal, target_label: __tmp_x}",
            "{action: labelmap, regex: __tmp_(.+)}")) {
      assertThat(said(job(static1, write, read))).isEmpty();
    }
    assertThat(
            said(job(static1, "{source_labels: [job], target_label: __tmp_prometheus_job_name}")))
        .isEmpty();
  }

  @Test
  void jobsThatScrapeTheSameInTheSameWayAreNamed() {
    String jobs =
        """
        scrape_configs:
        - {job_name: a, static_configs: [{targets: ['h:1']}]}
        - {job_name: b, static_configs: [{targets: ['h:1']}]%s}
        """;

    List<Problem> problems = problems(String.format(jobs, ""));
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).message()).contains("as job \"a\"");
    assertThat(problems.get(0).position().line()).isEqualTo(3);
    for (String other :
        List.of(
            ", metrics_path: /probe",
            ", params: {module: [m]}",
            ", scrape_interval: 5m",
            ", relabel_configs: [{target_label: x, replacement: y}]")) {
      assertThat(said(String.format(jobs, other))).as(other).isEmpty();
    }
  }

  @Test
  void equalRulesThatReadTheJobNameChooseOtherTargets() {
    String job =
        "static_configs: [{targets: ['h:1'], labels: {for: a}}], relabel_configs:"
            + " [{source_labels: [job], action: keepequal, target_label: for}]}\n";

    assertThat(said("scrape_configs:\n- {job_name: a, " + job + "- {job_name: b, " + job))
        .isEmpty();
  }

  @Test
  void namespacesThatARuleKeepsCouldBeWatchedAlone() {
    List<Problem> problems =
        problems(
            job(
                role("pod"),
                "{source_labels: [__meta_kubernetes_namespace], regex: shop|bank, action: keep}"));

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).message()).contains("namespaces: {names: [bank, shop]}");
  }

  @Test
  void namespacesAreNotSuggestedWhereTheyWouldSaveNothing() {
    String keep = "{source_labels: [__meta_kubernetes_namespace], regex: shop, action: keep}";
    for (String rule :
        List.of(
            "{source_labels: [__meta_kubernetes_namespace], regex: shop-.*, action: keep}",
            "{source_labels: [__meta_kubernetes_namespace], regex: shop, action: drop}",
            "{source_labels: [__meta_kubernetes_namespace, __meta_kubernetes_pod_name],"
                + " regex: shop;web, action: keep}")) {
      assertThat(said(job(role("pod"), rule))).as(rule).isEmpty();
    }
    assertThat(
            said(job("kubernetes_sd_configs: [{role: pod, namespaces: {names: [shop, x]}}]", keep)))
        .isEmpty();
    assertThat(
            said(
                job(
                    role("pod"),
                    "{source_labels: [x], target_label: __meta_kubernetes_namespace}",
                    keep)))
        .isEmpty();
    assertThat(said(job(role("pod"), keep) + "- job_name: b\n  " + role("pod") + "\n"))
        .as("another job watches all of them anyway")
        .isEmpty();
  }

  @Test
  void nothingIsAdvisedWhileThereAreErrors() {
    ConfigLoader.LoadResult result =
        new ConfigLoader()
            .read(
                "p.yml",
                job(role("pods"), "{source_labels: [__meta_kubernetes_pod_name], target_label: p}")
                    .getBytes(StandardCharsets.UTF_8),
                Path.of("."));

    assertThat(result.problems()).hasSize(1);
    assertThat(result.valid()).isFalse();
  }
}
