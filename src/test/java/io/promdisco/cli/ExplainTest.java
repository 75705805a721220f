package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.Promdisco;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.offline.ManifestReader;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.sim.Permissions;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.testing.FakeServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class ExplainTest {
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Pod
        metadata: {name: web-0, namespace: shop, uid: u-1, labels: {app: web}}
        spec:
          nodeName: node-1
          containers:
          - {name: web, image: web:1, ports: [{name: http, containerPort: 8080}]}
        status: {phase: Running, podIP: 10.0.0.2}
      - apiVersion: v1
        kind: Pod
        metadata: {name: db-0, namespace: shop, labels: {app: db}}
        spec:
          containers:
          - {name: db, image: db:1, ports: [{name: sql, containerPort: 5432}]}
        status: {phase: Running, podIP: 10.0.0.3}
      - apiVersion: v1
        kind: Pod
        metadata: {name: new-0, namespace: shop, labels: {app: web}}
        spec:
          containers:
          - {name: web, image: web:1, ports: [{name: http, containerPort: 8080}]}
        status: {phase: Pending}
      - apiVersion: v1
        kind: Pod
        metadata: {name: batch-0, namespace: other, labels: {app: web}}
        spec:
          containers:
          - {name: web, image: web:1, ports: [{name: http, containerPort: 8080}]}
        status: {phase: Running, podIP: 10.0.0.4}
      - apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {type: ClusterIP, clusterIP: 10.1.0.1, ports: [{name: http, port: 80}]}
      - apiVersion: v1
        kind: Service
        metadata: {name: lonely, namespace: shop}
        spec: {type: ClusterIP, clusterIP: 10.1.0.2, ports: [{name: http, port: 80}]}
      - apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}}
        addressType: IPv4
        ports: [{name: http, port: 8080}]
        endpoints:
        - addresses: [10.0.0.2]
          targetRef: {kind: Pod, name: web-0, namespace: shop}
      - apiVersion: v1
        kind: Node
        metadata: {name: node-1, labels: {zone: a}}
        status:
          addresses: [{type: InternalIP, address: 10.2.0.1}]
          daemonEndpoints: {kubeletEndpoint: {Port: 10250}}
      """;
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: pods
        kubernetes_sd_configs:
        - role: pod
          kubeconfig_file: kubeconfig
          namespaces: {names: [shop]}
        relabel_configs:
        - source_labels: [__meta_kubernetes_pod_label_app]
          regex: web
          action: keep
        - source_labels: [__meta_kubernetes_pod_name]
          target_label: pod
      """;

  @TempDir private Path folder = Path.of("");
  private final ObjectMapper json = new ObjectMapper();
  private Cli cli = new Cli(Path.of(""));
  private String objects = "";

  @BeforeEach
  void files() throws IOException {
    cli = new Cli(folder);
    objects = cli.file("cluster.yaml", OBJECTS);
  }

  private int explain(String config, String query) throws IOException {
    return cli.run("explain", cli.file("p.yml", config), query, "--manifests", objects);
  }

  private String summary() {
    List<String> lines = cli.out().lines().toList();
    return lines.get(lines.size() - 1);
  }

  @Test
  void aDroppedPodNamesTheRuleThatDropsItWithItsPlace() throws IOException {
    assertThat(explain(CONFIG, "pod/shop/db-0")).isEqualTo(ExitCode.FINDING);

    assertThat(cli.out())
        .isEqualTo(
            """
            job pods
              10.0.0.3:5432  kubernetes/0 pod/shop/db-0
                p.yml:8:5  keep source_labels=[__meta_kubernetes_pod_label_app] regex="web"
                  -> "db" does not match: dropped
                dropped

            pod/shop/db-0 is not scraped: job pods drops it at p.yml:8:5 (keep source_labels=[__meta_kubernetes_pod_label_app] regex="web"): "db" does not match: dropped
            """);
  }

  @Test
  void aScrapedPodShowsWhatEachRuleDidAndItsUrl() throws IOException {
    assertThat(explain(CONFIG, "web-0")).isZero();

    assertThat(cli.out())
        .contains("p.yml:8:5 ")
        .contains("-> \"web\" matches: kept")
        .contains("p.yml:11:5 ")
        .contains("-> pod=\"web-0\"")
        .contains("active  http://10.0.0.2:8080/metrics");
    assertThat(summary()).isEqualTo("web-0 is scraped by job pods at http://10.0.0.2:8080/metrics");
  }

  @Test
  void queriesByAddressUrlLabelAndShortKindFindTheSame() throws IOException {
    for (String query :
        List.of(
            "10.0.0.2:8080",
            "10.0.0.2",
            "http://10.0.0.2:8080/metrics",
            "pod=web-0",
            "__meta_kubernetes_pod_label_app=web",
            "po/web-0",
            "shop/web-0")) {
      assertThat(explain(CONFIG, query)).as(query).isZero();
      assertThat(summary()).contains("is scraped by job pods");
    }
  }

  @Test
  void aPodWithoutAddressSaysSo() throws IOException {
    assertThat(explain(CONFIG, "pod/shop/new-0")).isEqualTo(ExitCode.FINDING);

    assertThat(summary())
        .isEqualTo(
            "pod/shop/new-0 is not scraped: job pods does not discover it: pod shop/new-0"
                + " has no address yet (phase Pending, not scheduled)");
  }

  @Test
  void aPodOfAnotherNamespaceSaysWhichAreDiscoveredIn() throws IOException {
    explain(CONFIG, "pod/other/batch-0");

    assertThat(summary())
        .contains("pod other/batch-0 is in a namespace in which the job does not discover")
        .contains("one of shop");
  }

  @Test
  void aSelectorThatLeavesThePodOutIsShownWithThePodsLabels() throws IOException {
    explain(
        """
        scrape_configs:
        - job_name: pods
          kubernetes_sd_configs:
          - role: pod
            selectors: [{role: pod, label: app=web}]
        """,
        "db-0");

    assertThat(summary())
        .contains("pod shop/db-0 is left out by the selector of role pod (label: app=web)")
        .contains("its labels: app=db");
  }

  @Test
  void aPortThatNoContainerDeclaresIsNamedWithThoseThatAreDeclared() throws IOException {
    explain(CONFIG, "10.0.0.2:9999");

    assertThat(summary()).contains("none of its containers declares port 9999 (declared: 8080)");
  }

  @Test
  void endpointRolesSayWhichServiceHasNoSlicesAndWhichPodNoServiceSelects() throws IOException {
    String slices =
        """
        scrape_configs:
        - job_name: slices
          kubernetes_sd_configs: [{role: endpointslice}]
        """;

    assertThat(explain(slices, "service/shop/web")).isZero();
    explain(slices, "service/shop/lonely");
    assertThat(summary()).contains("service shop/lonely has no endpointslice object");
    explain(slices, "pod/shop/db-0");
    assertThat(summary())
        .contains("no endpointslice object lists pod shop/db-0: no service selects it")
        .contains("app=db");
  }

  @Test
  void attachedNodesThatAreNotKnownLeaveAPodOut() throws IOException {
    explain(
        """
        scrape_configs:
        - job_name: pods
          kubernetes_sd_configs:
          - role: pod
            attach_metadata: {node: true}
            selectors: [{role: node, label: zone=b}]
        """,
        "pod/shop/web-0");

    assertThat(summary())
        .contains("is on node node-1, which is unknown")
        .contains("selector of role node");
  }

  @Test
  void aJobWhoseRoleMakesOtherTargetsIsReportedAndNotCounted() throws IOException {
    explain(
        CONFIG
            + """
            - job_name: nodes
              kubernetes_sd_configs: [{role: node}]
            - job_name: fixed
              static_configs: [{targets: ['h:1']}]
            """,
        "pod/shop/db-0");

    assertThat(cli.out())
        .contains(
            "not discovered: kubernetes_sd_configs[0] (role node): role node does not discover a"
                + " pod")
        .contains("not discovered: static_configs: does not discover in Kubernetes");
    assertThat(summary()).doesNotContain("nodes").doesNotContain("fixed");
  }

  @Test
  void aQueryThatMatchesNothingNamesTheNearest() throws IOException {
    assertThat(explain(CONFIG, "pod/shop/wbe-0")).isEqualTo(ExitCode.FINDING);

    assertThat(summary())
        .contains("no job discovers it and no object has this name or address")
        .contains("the nearest names: pod/shop/web-0");
  }

  @Test
  void aTargetThatIsKeptButCannotBeScrapedSaysWhy() throws IOException {
    explain(
        """
        scrape_configs:
        - job_name: broken
          static_configs: [{targets: ['h:1']}]
          relabel_configs: [{target_label: __scrape_interval__, replacement: 0s}]
        """,
        "h:1");

    assertThat(summary())
        .isEqualTo(
            "h:1 is not scraped: job broken keeps it, but it cannot be scraped: scrape interval"
                + " cannot be 0");
  }

  @Test
  void jsonAndYamlHoldRulesPositionsAndChanges() throws IOException {
    String config = cli.file("p.yml", CONFIG);
    cli.run("explain", config, "web-0", "--manifests", objects, "-o", "json");
    JsonNode answer = json.readTree(cli.out());
    assertThat(answer.get("scraped").asBoolean()).isTrue();
    assertThat(answer.at("/jobs/0/targets/0/rules/1/position/line").asInt()).isEqualTo(11);
    assertThat(answer.at("/jobs/0/targets/0/rules/1/changes/pod/after").asText())
        .isEqualTo("web-0");
    assertThat(answer.at("/jobs/0/targets/0/verdict").asText()).isEqualTo("active");

    cli.run("explain", config, "web-0", "--manifests", objects, "-o", "yaml");
    Object yaml = new Yaml().load(cli.out());
    assertThat(json.writeValueAsString(yaml)).isEqualTo(json.writeValueAsString(answer));
  }

  @Test
  void badQueriesAndJobsAreBadUsage() throws IOException {
    assertThat(explain(CONFIG, "pod//web-0")).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("expected: KIND/NAMESPACE/NAME");
    assertThat(explain(CONFIG, "deploymnt/shop/web")).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err())
        .contains("kind \"deploymnt\"", "one of pod, service", "did you mean \"deployment\"?");
    assertThat(
            cli.run(
                "explain",
                cli.file("p.yml", CONFIG),
                "x",
                "--manifests",
                objects,
                "--job",
                "nodes"))
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aServerThatRefusesIsTheReason() throws Exception {
    SimOptions options = new SimOptions().user("viewer", "viewer-token", Permissions.NONE);
    try (SimApiServer server = SimApiServer.start(new SimCluster(), options)) {
      server.writeKubeconfig(folder.resolve("kubeconfig"), "viewer-token");

      int code = cli.run("explain", cli.file("p.yml", CONFIG), "pod/shop/web-0", "--timeout", "1s");

      assertThat(code).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(summary())
          .startsWith("unknown whether ")
          .contains(" cannot look for it: ", "403 Forbidden to list and watch pods");
    }
  }

  @Test
  void aRunningServerIsAskedForItsTargetsAndItsConfiguration() throws Exception {
    SimCluster cluster = new SimCluster();
    cluster.load(ManifestReader.read(List.of(Path.of(objects))));
    try (SimApiServer server = SimApiServer.start(cluster);
        Promdisco promdisco = Promdisco.builder().build()) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      Path config = Path.of(cli.file("p.yml", CONFIG));
      try (PromdiscoServer serving =
          PromdiscoServer.builder().listen("127.0.0.1", 0).configFile(config).start(promdisco)) {
        assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
        assertThat(cli.run("explain", "db-0", "--server", serving.url()))
            .isEqualTo(ExitCode.FINDING);
        assertThat(summary())
            .contains("job pods drops it at " + serving.url() + "/api/v1/status/config:")
            .contains("\"db\" does not match");

        assertThat(cli.run("explain", config.toString(), "web-0", "--server", serving.url()))
            .isZero();
        assertThat(cli.out()).contains("p.yml:8:5");
      }
    }
  }

  @Test
  void filesThatTheConfigurationOfAServerNamesAreNotRead() throws Exception {
    String file = cli.file("here.yml", "not: what it should be");
    String config =
        "scrape_config_files: ["
            + file
            + "]\\nscrape_configs: [{job_name: a, http_sd_configs: ["
            + "{url: 'http://127.0.0.1:1', basic_auth: {username: u, password_file: /none}}]}]";
    FakeServer.Handler answers =
        exchange -> {
          boolean isConfig = exchange.getRequestURI().getPath().endsWith("config");
          String data = isConfig ? "{\"yaml\": \"" + config + "\"}" : "{\"activeTargets\": []}";
          FakeServer.json(200, "{\"status\": \"success\", \"data\": " + data + "}")
              .handle(exchange);
        };
    try (FakeServer server = FakeServer.start(answers)) {
      assertThat(cli.run("explain", "a:1", "--server", server.url())).isEqualTo(ExitCode.FINDING);
      assertThat(cli.err())
          .isEqualTo(
              "warning: "
                  + server.url()
                  + " has scrape_config_files, whose jobs are left out (expected: CONFIG)\n");
    }
  }

  @Test
  void aServerThatIsNotThereIsUnreachable() {
    assertThat(cli.run("explain", "x", "--server", "http://user:topsecret@127.0.0.1:1"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains("http://127.0.0.1:1 cannot be read").doesNotContain("topsecret");
  }
}
