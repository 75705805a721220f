package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a monitor yields no target, and what {@code explain} says of it. */
class ExplainMonitorsTest {
  private static final String CLUSTER =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: shop, labels: {team: a}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop, labels: {app: web}}
      spec: {ports: [{name: http, port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{name: http, port: 8080, protocol: TCP}]
      endpoints:
        - addresses: [10.1.0.4]
          targetRef: {kind: Pod, name: web-0, namespace: shop}
        - addresses: [10.1.0.5]
          targetRef: {kind: Pod, name: web-1, namespace: shop}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-0, namespace: shop, labels: {app: web}}
      spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.1.0.4}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-1, namespace: shop, labels: {app: web}}
      spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.1.0.5}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: idle, namespace: shop, labels: {app: idle}}
      spec: {ports: [{name: http, port: 80}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: ledger, namespace: bank, labels: {app: ledger}}
      spec: {ports: [{name: http, port: 80}]}
      """;

  private static final String ALL =
      """
      collector_namespace: monitoring
      prometheus_cr:
        enabled: true
        service_monitor_selector: {}
        pod_monitor_selector: {}
        probe_selector: {}
        scrape_config_selector: {}
      """;

  @TempDir private Path folder;
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void files() {
    cli = new Cli(folder);
  }

  private static String serviceMonitor(String spec) {
    return """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: web, namespace: shop, labels: {release: x}}
        spec: SPEC
        """
        .replace("SPEC", spec);
  }

  private int explain(String settings, String monitor, String query, String... more)
      throws IOException {
    String[] all = {
      "explain",
      "--prometheus-cr",
      cli.file("settings.yaml", settings),
      "--manifests",
      cli.file("objects.yaml", CLUSTER + "---\n" + monitor),
      query
    };
    String[] args = java.util.Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, args, all.length, more.length);
    return cli.run(args);
  }

  private int explain(String monitor) throws IOException {
    return explain(ALL, monitor, "servicemonitor/shop/web");
  }

  private String lastLine() {
    return cli.out().lines().reduce("", (before, line) -> line);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(cli.out());
  }

  @Test
  void saysWhichTargetsAMonitorYields() throws IOException {
    int code =
        explain(serviceMonitor("{selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}"));

    assertThat(code).isZero();
    assertThat(cli.out())
        .contains("prometheus_cr.service_monitor_selector selects all")
        .contains("job serviceMonitor/shop/web/0  spec.endpoints[0]")
        .contains("2 targets discovered: 2 active, 0 dropped, 0 failed")
        .contains("http://10.1.0.4:8080/metrics");
    assertThat(lastLine()).isEqualTo("servicemonitor/shop/web yields 2 active targets in 1 job");
  }

  @Test
  void namesTheSelectorThatDoesNotMatchAndWhatTheLabelIs() throws IOException {
    String settings =
        ALL.replace(
            "service_monitor_selector: {}",
            "service_monitor_selector: {matchLabels: {release: stable, tier: z}}");

    int code = explain(settings, serviceMonitor("{selector: {}}"), "servicemonitor/shop/web");

    assertThat(code).isEqualTo(ExitCode.FINDING);
    assertThat(lastLine())
        .isEqualTo(
            "servicemonitor/shop/web is not selected: prometheus_cr.service_monitor_selector does"
                + " not match the labels: release=stable (release is \"x\"), tier=z (there is no label"
                + " tier)");
  }

  @Test
  void saysThatASelectorThatIsNotSetSelectsNothing() throws IOException {
    String settings = ALL.replace("  service_monitor_selector: {}\n", "");

    explain(settings, serviceMonitor("{selector: {}}"), "smon/shop/web");

    assertThat(lastLine())
        .contains("prometheus_cr.service_monitor_selector is not set, which selects no");
  }

  @Test
  void namesTheNamespaceSelectorThatDoesNotMatch() throws IOException {
    String settings =
        ALL
            + "  service_monitor_namespace_selector: {matchExpressions: [{key: team, operator:"
            + " NotIn, values: [a]}]}\n";

    explain(settings, serviceMonitor("{selector: {}}"), "ServiceMonitor/shop/web");

    assertThat(lastLine())
        .contains(
            "prometheus_cr.service_monitor_namespace_selector does not match the labels of"
                + " namespace shop: team notin (a) (team is \"a\")");
  }

  @Test
  void namesTheListOfNamespacesThatLeavesTheNamespaceOut() throws IOException {
    String monitor = serviceMonitor("{selector: {}}");

    explain(ALL + "  allow_namespaces: [bank]\n", monitor, "servicemonitor/shop/web");
    assertThat(lastLine()).contains("prometheus_cr.allow_namespaces does not contain shop");

    explain(ALL + "  deny_namespaces: [shop]\n", monitor, "servicemonitor/shop/web");
    assertThat(lastLine()).contains("prometheus_cr.deny_namespaces contains shop");
  }

  @Test
  void saysWhyAMonitorIsRejected() throws IOException {
    int code = explain(serviceMonitor("{selector: {}, endpoints: [{interval: x}]}"));
    assertThat(code).isEqualTo(ExitCode.FINDING);
    assertThat(lastLine())
        .startsWith("servicemonitor/shop/web yields no active target: InvalidConfiguration: ");

    explain(serviceMonitor("{selector: {}, endpoints: [{relabelings: [{regex: '('}]}]}"));
    assertThat(lastLine()).contains("endpoints[0]: relabelConfigs: [0]: invalid regex (");
  }

  @Test
  void saysWhichJobNamesAForbiddenFile() throws IOException {
    explain(
        ALL + "  deny_fs_access_through_sms: true\n",
        serviceMonitor("{selector: {}, endpoints: [{bearerTokenFile: /etc/passwd}]}"),
        "servicemonitor/shop/web");

    assertThat(lastLine())
        .contains("job serviceMonitor/shop/web/0: DeniedFSAccess: ")
        .contains("/etc/passwd");
  }

  @Test
  void saysThatNoServiceMatchesAndWhichThereAre() throws IOException {
    explain(serviceMonitor("{selector: {matchLabels: {app: wbe}}, endpoints: [{port: http}]}"));

    assertThat(lastLine())
        .contains("no service in namespace shop matches spec.selector; those there")
        .contains("shop/web (app=web)")
        .contains("shop/idle (app=idle)");
    assertThat(cli.out())
        .contains("drops 2 targets at relabel_configs[1] of spec.selector.matchLabels[app]")
        .contains("which compares \"web;true\"");
  }

  @Test
  void saysThatTheServiceIsInAnotherNamespace() throws IOException {
    explain(serviceMonitor("{selector: {matchLabels: {app: ledger}}, endpoints: [{port: http}]}"));

    assertThat(lastLine())
        .contains("no service in namespace shop matches spec.selector")
        .contains("service bank/ledger is in a namespace in which the job does not discover");
  }

  @Test
  void saysThatTheServiceHasNoEndpoints() throws IOException {
    explain(serviceMonitor("{selector: {matchLabels: {app: idle}}, endpoints: [{port: http}]}"));

    assertThat(lastLine()).contains("service shop/idle has no endpointslice object");
  }

  @Test
  void appliesSelectorsOfTheApiServerToo() throws IOException {
    String monitor =
        serviceMonitor(
            "{selectorMechanism: RoleSelector, selector: {matchLabels: {app: APP}},"
                + " endpoints: [{port: http}]}");

    explain(monitor.replace("APP", "wbe"));
    assertThat(lastLine()).contains("no service in namespace shop matches spec.selector");

    explain(monitor.replace("APP", "web"));
    assertThat(lastLine())
        .contains("the selector of role endpointslice (label: app=web, field: ) leaves out");
  }

  @Test
  void namesThePortFieldAndThePortsThatThereAre() throws IOException {
    explain(serviceMonitor("{selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}]}"));

    assertThat(lastLine())
        .contains("drops 2 targets at relabel_configs[2] of spec.endpoints[0].port")
        .contains("regex=\"metrics\"")
        .endsWith("which compares \"http\": no port of that name");
  }

  @Test
  void namesTheRelabellingOfTheUserThatDrops() throws IOException {
    explain(
        serviceMonitor(
            "{selector: {}, endpoints: [{port: http, relabelings: [{targetLabel: a, replacement:"
                + " b}, {action: drop, sourceLabels: [pod], regex: 'web-.'}]}]}"));

    assertThat(lastLine())
        .contains("of spec.endpoints[0].relabelings[1] (drop ")
        .contains("which compares \"web-0\", \"web-1\"");
  }

  @Test
  void namesTheScrapeClassWhoseRelabellingDrops() throws IOException {
    explain(
        ALL
            + "  scrape_classes: [{name: c, default: true, relabelings: [{action: drop,"
            + " sourceLabels: [pod], regex: '.*'}]}]\n",
        serviceMonitor("{selector: {}, endpoints: [{port: http}]}"),
        "servicemonitor/shop/web");

    assertThat(lastLine()).contains("of prometheus_cr.scrape_classes[0].relabelings[0] (drop ");
  }

  @Test
  void saysWhyKeptTargetsCannotBeScraped() throws IOException {
    explain(
        serviceMonitor(
            "{selector: {}, endpoints: [{port: http, relabelings: [{targetLabel: __address__,"
                + " replacement: ''}]}]}"));

    assertThat(lastLine()).contains("keeps 2 targets that cannot be scraped: ");
  }

  @Test
  void saysThatAMonitorHasNoEndpoints() throws IOException {
    explain(serviceMonitor("{selector: {}, endpoints: []}"));

    assertThat(lastLine()).isEqualTo("servicemonitor/shop/web yields no job: it has no endpoints");
  }

  @Test
  void explainsPodMonitorsWithoutNamespaceAndInThePlural() throws IOException {
    String monitor =
        """
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: web, namespace: shop}
        spec: {selector: {matchLabels: {app: APP}}, podMetricsEndpoints: [{port: PORT}]}
        """;

    explain(ALL, monitor.replace("APP", "web").replace("PORT", "http"), "podmonitors/web");
    assertThat(lastLine()).isEqualTo("podmonitor/shop/web yields 2 active targets in 1 job");

    explain(ALL, monitor.replace("APP", "web").replace("PORT", "other"), "pmon/web");
    assertThat(lastLine()).contains("spec.podMetricsEndpoints[0].port");

    explain(ALL, monitor.replace("APP", "other").replace("PORT", "http"), "podmonitor/web");
    assertThat(lastLine()).contains("no pod in namespace shop matches spec.selector");
  }

  @Test
  void explainsProbes() throws IOException {
    String probe =
        """
        apiVersion: monitoring.coreos.com/v1
        kind: Probe
        metadata: {name: site, namespace: shop}
        spec: {prober: {url: "prober:9115"}, targets: TARGETS}
        """;

    explain(ALL, probe.replace("TARGETS", "{staticConfig: {static: [a]}}"), "probe/shop/site");
    assertThat(lastLine()).isEqualTo("probe/shop/site yields 1 active target in 1 job");

    explain(
        ALL,
        probe.replace("TARGETS", "{ingress: {selector: {matchLabels: {a: b}}}}"),
        "probe.monitoring.coreos.com/shop/site");
    assertThat(lastLine()).contains("there is no ingress in namespace shop");
  }

  @Test
  void explainsScrapeConfigs() throws IOException {
    String config =
        """
        apiVersion: monitoring.coreos.com/v1alpha1
        kind: ScrapeConfig
        metadata: {name: own, namespace: shop}
        spec: SPEC
        """;

    explain(
        ALL, config.replace("SPEC", "{staticConfigs: [{targets: [a]}]}"), "scrapeconfig/shop/own");
    assertThat(lastLine()).isEqualTo("scrapeconfig/shop/own yields 1 active target in 1 job");

    explain(
        ALL,
        config.replace("SPEC", "{consulSDConfigs: [{server: 'consul:8500'}]}"),
        "scfg/shop/own");
    assertThat(lastLine()).contains("uses service discovery that promdisco does not support");

    explain(
        ALL, config.replace("SPEC", "{kubernetesSDConfigs: [{role: Ingress}]}"), "scfg/shop/own");
    assertThat(lastLine()).contains("there is no ingress in any namespace");
  }

  @Test
  void suggestsNearNamesIfThereIsNoSuchMonitor() throws IOException {
    int code = explain(ALL, serviceMonitor("{selector: {}}"), "servicemonitor/shop/wbe");

    assertThat(code).isEqualTo(ExitCode.FINDING);
    assertThat(lastLine())
        .isEqualTo(
            "servicemonitor/shop/wbe: there is no such ServiceMonitor; the nearest names:"
                + " servicemonitor/shop/web");
  }

  @Test
  void needsTheSettings() throws IOException {
    assertThat(cli.run("explain", cli.file("p.yml", "{}"), "servicemonitor/shop/web"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("expected: --prometheus-cr SETTINGS");
  }

  @Test
  void jsonNamesTheFieldTheRuleAndTheReason() throws IOException {
    explain(
        ALL,
        serviceMonitor("{selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}]}"),
        "servicemonitor/shop/web",
        "-o",
        "json");

    assertThat(json().get("scraped").asBoolean()).isFalse();
    JsonNode monitor = json().get("monitors").get(0);
    assertThat(monitor.get("kind").asText()).isEqualTo("ServiceMonitor");
    assertThat(monitor.get("selection")).hasSize(2);
    assertThat(monitor.get("selection").get(0).get("selects").asBoolean()).isTrue();
    JsonNode job = monitor.get("jobs").get(0);
    assertThat(job.get("job").asText()).isEqualTo("serviceMonitor/shop/web/0");
    assertThat(job.get("field").asText()).isEqualTo("spec.endpoints[0]");
    assertThat(job.get("dropped").asInt()).isEqualTo(2);
    JsonNode drops = job.get("drops").get(0);
    assertThat(drops.get("field").asText()).isEqualTo("spec.endpoints[0].port");
    assertThat(drops.get("index").asInt()).isEqualTo(2);
    assertThat(drops.get("count").asInt()).isEqualTo(2);
    assertThat(drops.get("values").get(0).asText()).isEqualTo("http");
    JsonNode rules = job.get("targets").get(0).get("rules");
    assertThat(rules.get(2).get("field").asText()).isEqualTo("spec.endpoints[0].port");
  }

  @Test
  void explanationsOfObjectsNameTheFieldOfAGeneratedRule() throws IOException {
    explain(
        ALL,
        serviceMonitor("{selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}]}"),
        "pod/shop/web-0");

    assertThat(cli.out()).contains("relabel_configs[2] of spec.endpoints[0].port");
  }

  @Test
  void namesFromTheClusterAreEscaped() throws IOException {
    String settings =
        ALL.replace(
            "service_monitor_selector: {}", "service_monitor_selector: {matchLabels: {a: b}}");
    String monitor =
        """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: "e\\e[31m", namespace: shop, labels: {a: "\\e[2J\\n"}}
        spec: {selector: {matchLabels: {"k\\e": "v\\e"}}, endpoints: [{port: "p\\e"}]}
        """;

    explain(settings, monitor, "servicemonitor/shop/e\u001b[31m");
    assertThat(cli.out()).doesNotContain("\u001b").contains("e\\x1b[31m").contains("\\x1b[2J");

    explain(ALL, monitor, "servicemonitor/shop/e\u001b[31m");
    assertThat(cli.out() + cli.err()).doesNotContain("\u001b");

    explain(ALL, monitor, "servicemonitor/shop/e\u001b[31m", "-o", "json");
    assertThat(cli.out()).doesNotContain("\u001b");
    assertThat(json().get("query").asText()).isEqualTo("servicemonitor/shop/e\u001b[31m");
  }

  @Test
  void noSecretIsShown() throws IOException {
    explain(
        ALL,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: login, namespace: shop}
        stringData: {token: open-sesame}
        ---
        """
            + serviceMonitor(
                "{selector: {}, endpoints: [{port: http, authorization: {credentials: {name:"
                    + " login, key: token}}}]}"),
        "servicemonitor/shop/web",
        "-o",
        "json");

    assertThat(cli.out() + cli.err()).doesNotContain("open-sesame");
    assertThat(json().get("scraped").asBoolean()).isTrue();
  }
}
