package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code monitors}, and {@code --prometheus-cr} of others. */
class MonitorsTest {
  private static final String MONITORS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web-0, namespace: shop, labels: {app: web}}
      spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.1.0.4}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: login, namespace: shop}
      data: {user: YWxpY2U=, password: b3Blbi1zZXNhbWU=}
      ---
      apiVersion: monitoring.coreos.com/v1
      kind: PodMonitor
      metadata: {name: web, namespace: shop}
      spec:
        selector: {matchLabels: {app: web}}
        podMetricsEndpoints:
          - port: http
            basicAuth:
              username: {name: login, key: user}
              password: {name: login, key: password}
      """;

  private static final String BROKEN =
      """
      apiVersion: monitoring.coreos.com/v1
      kind: Probe
      metadata: {name: site, namespace: shop}
      spec: {prober: {url: "http://prober"}, targets: {staticConfig: {static: [a]}}}
      """;

  private static final String FOREIGN =
      """
      apiVersion: monitoring.coreos.com/v1alpha1
      kind: ScrapeConfig
      metadata: {name: consul, namespace: shop}
      spec: {consulSDConfigs: [{server: "consul:8500"}]}
      """;

  @TempDir private Path folder;
  private Cli cli = new Cli(Path.of(""));
  private String settings = "";

  @BeforeEach
  void writeSettings() throws IOException {
    cli = new Cli(folder);
    settings =
        cli.file(
            "settings.yaml",
            """
            collector_namespace: monitoring
            prometheus_cr:
              enabled: true
              service_monitor_selector: {}
              pod_monitor_selector: {}
              probe_selector: {}
              scrape_config_selector: {}
            """);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(cli.out());
  }

  @Test
  void yamlIsAConfigurationThatPrometheusReads() throws IOException {
    String objects = cli.file("monitors.yaml", MONITORS);

    assertThat(cli.run("monitors", settings, "--manifests", objects)).isZero();

    assertThat(cli.out()).contains("\nscrape_configs:\n- job_name: podMonitor/shop/web/0\n");
    assertThat(cli.err()).isEqualTo("1 job\n");
    assertThat(
            new ConfigLoader()
                .read("out", cli.out().getBytes(StandardCharsets.UTF_8), folder)
                .configuration())
        .isPresent();
  }

  @Test
  void jsonSaysWhatIsRejectedAndWhy() throws IOException {
    String objects = cli.file("monitors.yaml", MONITORS);
    String broken = cli.file("broken.yaml", BROKEN);

    assertThat(cli.run("monitors", settings, "--manifests", objects, broken, "-o", "json"))
        .isEqualTo(ExitCode.FINDING);

    JsonNode rejected = json().get("rejected");
    assertThat(rejected).hasSize(1);
    assertThat(rejected.get(0).get("kind").asText()).isEqualTo("Probe");
    assertThat(rejected.get(0).get("reason").asText()).isEqualTo("InvalidConfiguration");
    assertThat(rejected.get(0).get("message").asText()).contains("invalid port: \"//prober\"");
    assertThat(json().get("scrape_configs")).hasSize(1);
    assertThat(json().get("global").get("scrape_interval").asText()).isEqualTo("30s");
  }

  @Test
  void anObjectThatIsNotSelectedIsNotAnError() throws IOException {
    String none = cli.file("none.yaml", "collector_namespace: m\nprometheus_cr: {enabled: true}\n");
    String objects = cli.file("monitors.yaml", MONITORS + "---\n" + BROKEN);

    assertThat(cli.run("monitors", none, "--manifests", objects)).isZero();

    assertThat(cli.out()).contains("scrape_configs: []");
    assertThat(cli.err()).contains("2 resources are not selected");
  }

  @Test
  void settingsThatTheAllocatorRefusesAreAFinding() throws IOException {
    String bad = cli.file("bad.yaml", "prometheus_cr: {enabled: true}\n");
    String objects = cli.file("monitors.yaml", MONITORS);

    assertThat(cli.run("monitors", bad, "--manifests", objects, "-o", "json"))
        .isEqualTo(ExitCode.FINDING);
    assertThat(json().get("rejected").get(0).get("reason").asText()).isEqualTo("InvalidSettings");
    assertThat(cli.run("monitors", bad, "--manifests", objects)).isEqualTo(ExitCode.FINDING);
    assertThat(cli.err()).contains("error: InvalidSettings: collector namespace must be set");
    assertThat(cli.run("targets", "--prometheus-cr", bad, "--manifests", objects))
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void settingsAndObjectsMayBeJson() throws IOException {
    String json =
        cli.file(
            "settings.json",
            "{\"collector_namespace\": \"m\", \"prometheus_cr\": {\"enabled\": true,"
                + " \"service_monitor_selector\": {\"matchlabels\": {\"a\": \"b\"}}}}");
    String objects =
        cli.file(
            "monitors.json",
            "{\"apiVersion\": \"monitoring.coreos.com/v1\", \"kind\": \"ServiceMonitor\","
                + " \"metadata\": {\"name\": \"x\", \"namespace\": \"y\", \"labels\": {\"a\":"
                + " \"b\"}}, \"spec\": {\"selector\": {}, \"endpoints\": [{\"port\": \"p\"}]}}");

    assertThat(cli.run("monitors", json, "--manifests", objects)).isZero();
    assertThat(cli.out()).contains("- job_name: serviceMonitor/y/x/0\n");
  }

  @Test
  void withoutADumpTheClusterIsRead() {
    String none = "none.yaml";
    assertThat(cli.run("monitors", settings, "--kubeconfig", none)).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains(none);
    assertThat(cli.run("targets", "--prometheus-cr", settings, "--kubeconfig", none))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains(none);
    assertThat(cli.run("serve", "--prometheus-cr", settings, "--kubeconfig", none))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains(none);
  }

  @Test
  void targetsAreThoseOfMonitorsInPlaceOfAConfigurationOrBesideOne() throws IOException {
    String objects = cli.file("monitors.yaml", MONITORS);
    String config =
        cli.file(
            "config.yml",
            "scrape_configs: [{job_name: own, static_configs: [{targets: ['a:1']}]}]\n");

    assertThat(cli.run("targets", "--prometheus-cr", settings, "--manifests", objects)).isZero();
    assertThat(cli.out()).contains("http://10.1.0.4:8080/metrics").doesNotContain("a:1");

    assertThat(cli.run("targets", config, "--prometheus-cr", settings, "--manifests", objects))
        .isZero();
    assertThat(cli.out()).contains("http://10.1.0.4:8080/metrics", "http://a:1/metrics");
    assertThat(cli.out() + cli.err()).doesNotContain("open-sesame");
  }

  @Test
  void brokenAndForeignResourcesAreNamedAndLeaveTheOthersAlone() throws IOException {
    String objects = cli.file("monitors.yaml", MONITORS + "---\n" + BROKEN + "---\n" + FOREIGN);

    assertThat(cli.run("targets", "--prometheus-cr", settings, "--manifests", objects)).isZero();

    assertThat(cli.out()).contains("http://10.1.0.4:8080/metrics");
    assertThat(cli.err())
        .contains("error: probe/shop/site: InvalidConfiguration: ")
        .contains("warning: scrapeConfig/shop/consul: left out: ");
  }

  @Test
  void explainNamesTheGeneratedRuleByItsNumber() throws IOException {
    String objects = cli.file("monitors.yaml", MONITORS);

    assertThat(
            cli.run(
                "explain", "--prometheus-cr", settings, "--manifests", objects, "pod/shop/web-0"))
        .isZero();
    assertThat(cli.out()).contains("relabel_configs[2] ");
  }

  @Test
  void diffComparesAConfigurationWithMonitors() throws IOException {
    String objects = cli.file("monitors.yaml", MONITORS);
    String config = cli.file("config.yml", "scrape_configs: []\n");

    assertThat(
            cli.run(
                "diff",
                config,
                "--prometheus-cr",
                settings,
                "--manifests",
                objects,
                "--fail-on",
                "any"))
        .isEqualTo(ExitCode.FINDING);
    assertThat(cli.out()).contains("0 removed, 1 added, 0 changed");
  }
}
