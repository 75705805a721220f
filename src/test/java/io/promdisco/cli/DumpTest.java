package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.offline.ManifestReader;
import io.promdisco.sim.Permissions;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.RecordedCases;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpTest {
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: web-0
        namespace: shop
        uid: '12e3'
        labels: {app: web, version: '1.10'}
        annotations:
          note: 'yes'
          kubectl.kubernetes.io/last-applied-configuration: '{"env":"topsecret"}'
        ownerReferences: [{kind: ReplicaSet, name: web, controller: true}]
      spec:
        nodeName: node-1
        schedulerName: special
        volumes: [{name: v, secret: {secretName: topsecret}}]
        initContainers: [{name: init, image: init:1, args: [topsecret]}]
        containers:
        - name: web
          image: web:1
          command: [topsecret]
          env: [{name: PASSWORD, value: topsecret}]
          ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]
      status:
        phase: Running
        podIP: 10.0.0.2
        hostIP: 10.2.0.1
        message: topsecret
        conditions: [{type: Ready, status: 'True'}]
        containerStatuses: [{name: web, containerID: 'containerd://1'}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: plain-0, namespace: shop}
      spec: {containers: [{name: plain, image: plain:1}]}
      status: {phase: Running, podIP: 10.0.0.3}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec: {type: ClusterIP, clusterIP: 10.1.0.1, ports: [{name: http, port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{name: http, port: 8080}]
      endpoints:
      - addresses: [10.0.0.2]
        conditions: {ready: true}
        nodeName: node-1
        targetRef: {kind: Pod, name: web-0, namespace: shop}
      ---
      apiVersion: v1
      kind: Endpoints
      metadata: {name: web, namespace: shop}
      subsets:
      - addresses: [{ip: 10.0.0.2, targetRef: {kind: Pod, name: web-0, namespace: shop}}]
        ports: [{name: http, port: 8080}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: web, namespace: shop}
      spec:
        tls: [{hosts: [shop.example], secretName: topsecret}]
        rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix}]}}]
      ---
      apiVersion: v1
      kind: Node
      metadata: {name: node-1, labels: {zone: a}}
      status:
        addresses: [{type: InternalIP, address: 10.2.0.1}]
        daemonEndpoints: {kubeletEndpoint: {Port: 10250}}
      """;
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: all
        kubernetes_sd_configs:
        - {role: pod, kubeconfig_file: kubeconfig, attach_metadata: {node: true}}
        - {role: node, kubeconfig_file: kubeconfig}
        - {role: service, kubeconfig_file: kubeconfig}
        - {role: endpoints, kubeconfig_file: kubeconfig}
        - {role: endpointslice, kubeconfig_file: kubeconfig}
        - {role: ingress, kubeconfig_file: kubeconfig}
        relabel_configs:
        - regex: __meta_kubernetes_(.*)
          action: labelmap
        - regex: .*_annotation_kubectl_.*
          action: labeldrop
      """;

  @TempDir private Path folder = Path.of("");
  private final ObjectMapper json = new ObjectMapper();
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void files() {
    cli = new Cli(folder);
  }

  private SimApiServer server(SimOptions options) throws Exception {
    SimCluster cluster = new SimCluster();
    cluster.load(ManifestReader.read(List.of(Path.of(cli.file("cluster.yaml", OBJECTS)))));
    return SimApiServer.start(cluster, options);
  }

  /** Returns the targets, without the annotation that a dump empties. */
  private JsonNode targets(String config, String... options) throws IOException {
    Stream<String> line = Stream.of("targets", config, "-o", "json");
    assertThat(cli.run(Stream.concat(line, Stream.of(options)).toArray(String[]::new)))
        .as(cli.err())
        .isZero();
    ArrayNode targets = (ArrayNode) json.readTree(cli.out());
    for (JsonNode target : targets) {
      ((ObjectNode) target.get("discoveredLabels"))
          .remove(
              "__meta_kubernetes_pod_annotation_kubectl_kubernetes_io_last_applied_configuration");
    }
    return targets;
  }

  @Test
  void aDumpGivesTheSameTargetsAsTheServer() throws Exception {
    String config = cli.file("p.yml", CONFIG);
    String dump = folder.resolve("dump.yaml").toString();
    JsonNode live;
    try (SimApiServer server = server(new SimOptions())) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      live = targets(config);
      assertThat(cli.run("dump", config, "--file", dump)).isZero();
      assertThat(cli.out()).isEmpty();
      assertThat(cli.err()).contains("7 objects");
    }

    assertThat(live).hasSizeGreaterThan(8);
    assertThat(targets(config, "--manifests", dump)).isEqualTo(live);

    assertThat(cli.run("dump", config, "--manifests", dump, "-o", "json")).isZero();
    String again = cli.file("again.json", cli.out());
    assertThat(targets(config, "--manifests", again)).isEqualTo(live);
  }

  @Test
  void nothingThatDiscoveryDoesNotReadIsWritten() throws Exception {
    try (SimApiServer server = server(new SimOptions())) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      assertThat(cli.run("dump", cli.file("p.yml", CONFIG))).isZero();
    }

    assertThat(cli.out())
        .doesNotContain("topsecret")
        .doesNotContain("env:")
        .doesNotContain("volumes:")
        .contains("kubectl.kubernetes.io/last-applied-configuration: '{}'")
        .contains("uid: \"12e3\"")
        .contains("note: \"yes\"");
  }

  @Test
  void onlyWhatTheChosenJobsReadIsWritten() throws Exception {
    String config =
        cli.file(
            "p.yml",
            """
            scrape_configs:
            - job_name: nodes
              kubernetes_sd_configs: [{role: node, kubeconfig_file: kubeconfig}]
            - job_name: pods
              kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
            """);
    try (SimApiServer server = server(new SimOptions())) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      assertThat(cli.run("dump", config, "--job", "nodes")).isZero();
    }

    assertThat(cli.out()).contains("kind: Node").doesNotContain("kind: Pod");
  }

  @Test
  void objectsChosenByAFieldThatIsNotKeptAreChosenAgain() throws Exception {
    for (String field :
        List.of("spec.schedulerName=special", "spec.schedulerName!=default-scheduler")) {
      String config =
          cli.file(
              "p.yml",
              """
              scrape_configs:
              - job_name: pods
                kubernetes_sd_configs:
                - role: pod
                  kubeconfig_file: kubeconfig
                  selectors: [{role: pod, field: '%s'}]
              """
                  .formatted(field));
      String dump = folder.resolve("dump.yaml").toString();
      JsonNode live;
      try (SimApiServer server = server(new SimOptions())) {
        server.writeKubeconfig(folder.resolve("kubeconfig"));
        live = targets(config);
        assertThat(cli.run("dump", config, "--file", dump)).isZero();
      }
      assertThat(live).hasSize(3);
      assertThat(targets(config, "--manifests", dump)).as(field).isEqualTo(live);
    }
  }

  @Test
  void aFieldSelectorOfOneJobChangesNothingOfTheOthers() throws Exception {
    String config =
        cli.file(
            "p.yml",
            """
            scrape_configs:
            - job_name: all
              kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
            - job_name: on-a-node
              kubernetes_sd_configs:
              - role: pod
                kubeconfig_file: kubeconfig
                selectors: [{role: pod, field: spec.nodeName=elsewhere}]
            - job_name: other-labels
              kubernetes_sd_configs:
              - role: pod
                kubeconfig_file: kubeconfig
                selectors: [{role: pod, label: app=none, field: spec.schedulerName!=special}]
            - job_name: other-namespace
              kubernetes_sd_configs:
              - role: pod
                kubeconfig_file: kubeconfig
                namespaces: {names: [none]}
                selectors: [{role: pod, field: spec.schedulerName=default-scheduler}]
            - job_name: guess
              kubernetes_sd_configs:
              - role: pod
                kubeconfig_file: kubeconfig
                selectors: [{role: pod, field: spec.schedulerName!=default-scheduler}]
            - job_name: exact
              kubernetes_sd_configs:
              - role: pod
                kubeconfig_file: kubeconfig
                selectors: [{role: pod, field: spec.schedulerName=special}]
            """);
    String dump = folder.resolve("dump.yaml").toString();
    JsonNode live;
    try (SimApiServer server = server(new SimOptions())) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      live = targets(config);
      assertThat(cli.run("dump", config, "--file", dump)).isZero();
    }
    assertThat(targets(config, "--manifests", dump)).isEqualTo(live);
  }

  @Test
  void aKindThatMayNotBeReadIsNamedAndNothingIsWritten() throws Exception {
    Path dump = folder.resolve("dump.yaml");
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    SimOptions options =
        new SimOptions()
            .tls(certificates.server(), certificates.authority())
            .user("viewer", "token", Permissions.ALL.deny("*", "nodes", "*"));
    try (SimApiServer server = server(options)) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      assertThat(cli.run("dump", cli.file("p.yml", CONFIG), "--file", dump.toString()))
          .isEqualTo(ExitCode.UNREACHABLE);
    }

    assertThat(cli.err()).contains("403 Forbidden").contains("nodes");
    assertThat(dump).doesNotExist();
  }

  @Test
  void objectsOfTwoClustersAreNotMixed() throws Exception {
    String config =
        cli.file(
            "p.yml",
            """
            scrape_configs:
            - job_name: east
              kubernetes_sd_configs: [{role: node, kubeconfig_file: kubeconfig}]
            - job_name: west
              kubernetes_sd_configs: [{role: node, api_server: 'http://127.0.0.1:1'}]
            """);
    try (SimApiServer server = server(new SimOptions())) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      assertThat(cli.run("dump", config)).isEqualTo(ExitCode.USAGE);
      assertThat(cli.err())
          .contains("jobs east, west: the jobs discover in several clusters")
          .contains("--job");
      assertThat(cli.run("dump", config, "--job", "east")).isZero();
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() throws Exception {
    try (SimApiServer server = server(new SimOptions())) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      String nowhere = folder.resolve("no/such/dump.yaml").toString();
      assertThat(cli.run("dump", cli.file("p.yml", CONFIG), "--file", nowhere))
          .isEqualTo(ExitCode.USAGE);
    }

    assertThat(cli.err()).contains("--file: no/such/dump.yaml cannot be written");
  }

  @Test
  void everyRecordedClusterIsTheSameAfterADump() throws Exception {
    RecordedCases<Path> cases = RecordedCases.folders("kubernetes", "cluster.yaml");
    String[] own = {"--namespace", "default", "--state", "any", "--manifests"};
    String dump = folder.resolve("dump.yaml").toString();
    for (Path from : cases) {
      String config = from.resolve("config.yml").toString();
      String cluster = from.resolve("cluster.yaml").toString();
      JsonNode before = targets(config, with(own, cluster));
      String[] command = {"dump", config, "--namespace", "default", "--manifests", cluster};
      assertThat(cli.run(with(with(command, "--file"), dump))).isZero();
      assertThat(targets(config, with(own, dump)))
          .as(from.getFileName().toString())
          .isEqualTo(before);
      cases.ran(from);
    }
    cases.printSummary("dump");
  }

  private static String[] with(String[] words, String last) {
    return Stream.concat(Stream.of(words), Stream.of(last)).toArray(String[]::new);
  }

  @Test
  void ownNamespaceWithoutAServiceAccountIsABadConfiguration() throws Exception {
    String config =
        cli.file(
            "p.yml",
            """
            scrape_configs:
            - job_name: own
              kubernetes_sd_configs:
              - role: pod
                namespaces: {own_namespace: true}
            """);
    String objects = cli.file("cluster.yaml", OBJECTS);

    assertThat(cli.run("dump", config, "--manifests", objects)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err())
        .contains(
            "own_namespace: true: the namespace is unknown (expected: a program in a cluster");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void anOptionNamesTheOwnNamespace() throws Exception {
    String config =
        cli.file(
            "p.yml",
            """
            scrape_configs:
            - job_name: own
              kubernetes_sd_configs:
              - role: pod
                namespaces: {own_namespace: true}
            """);
    String objects = cli.file("cluster.yaml", OBJECTS);

    assertThat(targets(config, "--manifests", objects, "--namespace", "shop")).hasSize(4);
    assertThat(targets(config, "--manifests", objects, "--namespace", "other")).isEmpty();
    assertThat(cli.run("explain", config, "web-0", "--manifests", objects, "--namespace", "other"))
        .isEqualTo(ExitCode.FINDING);
    assertThat(cli.out()).contains("expected: one of other");

    assertThat(cli.run("targets", config, "--namespace", "shop")).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("--namespace without --manifests");
  }

  @Test
  void aMalformedObjectIsAnErrorAndTheOthersAreDiscovered() throws Exception {
    String config =
        cli.file(
            "p.yml",
            """
            scrape_configs:
            - job_name: pods
              kubernetes_sd_configs: [{role: pod}]
            """);
    String objects =
        cli.file(
            "cluster.yaml",
            OBJECTS
                + """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: odd-0, namespace: shop, labels: {build: 1_000}}
                spec: {containers: [{name: c, ports: [{containerPort: '80'}]}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: odd-1, namespace: shop, labels: {build: 1_000}}
                spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}
                status: {podIP: 10.0.0.9}
                """);
    int line = OBJECTS.lines().toList().size() + 2;

    for (String command : List.of("targets", "dump")) {
      assertThat(cli.run(command, config, "--manifests", objects)).isEqualTo(ExitCode.FINDING);
      assertThat(cli.err())
          .startsWith(
              "warning: cluster.yaml:"
                  + (line + 5)
                  + ": Pod shop/odd-1: metadata.labels.build: 1_000 (expected a string; kubectl"
                  + " refuses it without quotes)\n"
                  + "error: cluster.yaml:"
                  + line
                  + ": Pod shop/odd-0: spec.containers[0].ports[0].containerPort: \"80\" (expected"
                  + " a whole number)\n");
      assertThat(cli.out()).contains("10.0.0.2", "10.0.0.9");
    }
    assertThat(cli.run("diff", config, config, "--manifests", objects)).isEqualTo(ExitCode.FINDING);
  }

  @Test
  void aNamespaceIsADnsLabel() throws Exception {
    String config = cli.file("p.yml", CONFIG);
    String objects = cli.file("cluster.yaml", OBJECTS);
    for (String command : List.of("targets", "dump", "rbac")) {
      for (String bad : List.of("bad ns!", "", "Shop", "-a", "a-", "a.b", "a".repeat(64))) {
        assertThat(cli.run(command, config, "--manifests", objects, "--namespace", bad))
            .isEqualTo(ExitCode.USAGE);
        assertThat(cli.err())
            .contains("'--namespace'", "\"" + bad + "\" (expected: at most 63 of a-z");
      }
    }
    for (String good : List.of("a", "0-a", "a".repeat(63))) {
      assertThat(cli.run("dump", config, "--manifests", objects, "--namespace", good))
          .isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void aDumpComesFromStandardInputToo() throws Exception {
    String config = cli.file("p.yml", CONFIG);
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(OBJECTS.getBytes(StandardCharsets.UTF_16)));
    try {
      assertThat(targets(config, "--manifests", "-")).hasSizeGreaterThan(8);
    } finally {
      System.setIn(before);
    }
    System.setIn(new ByteArrayInputStream("kind: [".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(cli.run("targets", config, "--manifests", "-")).isEqualTo(ExitCode.USAGE);
      assertThat(cli.err()).contains("standard input:1: document 1: ");
    } finally {
      System.setIn(before);
    }
  }
}
