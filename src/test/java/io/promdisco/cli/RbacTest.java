package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.sim.Permissions;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.testing.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class RbacTest {
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: nodes
        kubernetes_sd_configs: [{role: node, kubeconfig_file: kubeconfig}]
      - job_name: shop
        kubernetes_sd_configs:
        - role: pod
          kubeconfig_file: kubeconfig
          namespaces: {names: [shop]}
      - job_name: slices
        kubernetes_sd_configs:
        - role: endpointslice
          kubeconfig_file: kubeconfig
          namespaces: {names: [shop, billing]}
      """;

  private static Certificates certificates;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.make("EC", "ip:127.0.0.1");
  }

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void files() {
    cli = new Cli(folder);
  }

  private int rbac(String config, String... options) throws IOException {
    String file = cli.file("p.yml", config);
    String[] all = new String[options.length + 2];
    all[0] = "rbac";
    all[1] = file;
    System.arraycopy(options, 0, all, 2, options.length);
    return cli.run(all);
  }

  @Test
  void aJobInOneNamespaceNeedsARoleThereAndNothingElse() throws IOException {
    int code =
        rbac(
            """
            scrape_configs:
            - job_name: shop
              kubernetes_sd_configs:
              - role: pod
                namespaces: {names: [shop]}
            """,
            "--namespace",
            "monitoring");

    assertThat(code).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata:
              name: promdisco
              namespace: shop
            rules:
            - apiGroups:
              - ''
              resources:
              - pods
              verbs:
              - list
              - watch
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata:
              name: promdisco
              namespace: shop
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: Role
              name: promdisco
            subjects:
            - kind: ServiceAccount
              name: promdisco
              namespace: monitoring
            """);
  }

  @Test
  void whatIsPrintedIsEnoughToDiscoverAndEveryPieceOfItIsNeeded() throws Exception {
    assertThat(rbac(CONFIG)).isZero();
    Permissions printed = permissions(cli.out());
    List<String[]> pieces = pieces(cli.out());
    assertThat(pieces).hasSize(14);

    assertThat(discover(printed)).isEqualTo(ExitCode.OK);
    for (String[] piece : pieces) {
      int code = check(printed.deny(piece[0], piece[1], piece[2]));
      assertThat(code).as(String.join(" ", piece)).isEqualTo(ExitCode.FINDING);
      assertThat(cli.out().lines().filter(line -> line.startsWith("missing:"))).hasSize(1);
    }
  }

  /** A kubeconfig's token is sent over TLS only. */
  private static SimOptions viewer(Permissions may) {
    try {
      return new SimOptions()
          .tls(certificates.server(), certificates.authority())
          .user("viewer", "viewer-token", may);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Permissions permissions(String manifests) {
    Permissions granted = Permissions.NONE;
    for (String[] piece : pieces(manifests)) {
      granted = granted.allow(piece[0], piece[1], piece[2].isEmpty() ? "*" : piece[2]);
    }
    return granted;
  }

  /** Returns verb, resource and namespace of every permission in the manifests. */
  private static List<String[]> pieces(String manifests) {
    List<String[]> pieces = new ArrayList<>();
    for (Object document : new Yaml().loadAll(manifests)) {
      JsonNode object = new ObjectMapper().valueToTree(document);
      String namespace = object.at("/metadata/namespace").asText();
      for (JsonNode rule : object.path("rules")) {
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            pieces.add(new String[] {verb.asText(), resource.asText(), namespace});
          }
        }
      }
    }
    return pieces;
  }

  private int discover(Permissions may) throws IOException {
    return withServer(may, "targets", cli.file("p.yml", CONFIG), "--timeout", "10s");
  }

  private int check(Permissions may) throws IOException {
    return withServer(may, "rbac", cli.file("p.yml", CONFIG), "--check");
  }

  private int withServer(Permissions may, String... line) throws IOException {
    try (SimApiServer server = SimApiServer.start(new SimCluster(), viewer(may))) {
      server.writeKubeconfig(folder.resolve("kubeconfig"), "viewer-token");
      return cli.run(line);
    }
  }

  @Test
  void whatIsNeededEverywhereIsNotGrantedInNamespacesToo() throws IOException {
    rbac(
        """
        scrape_configs:
        - job_name: all
          kubernetes_sd_configs: [{role: pod, attach_metadata: {node: true}}]
        - job_name: one
          kubernetes_sd_configs: [{role: pod, namespaces: {names: [shop]}}]
        """,
        "-o",
        "json");

    JsonNode list = new ObjectMapper().readTree(cli.out());
    assertThat(list.at("/items").findValuesAsText("kind").stream().filter(k -> k.contains("Role")))
        .containsOnly("ClusterRole", "ClusterRoleBinding");
    assertThat(list.at("/items/0/rules/0/resources"))
        .extracting(JsonNode::asText)
        .containsExactly("nodes", "pods");
  }

  @Test
  void ownNamespaceIsThatOfTheAccount() throws IOException {
    rbac(
        """
        scrape_configs:
        - job_name: own
          kubernetes_sd_configs: [{role: service, namespaces: {own_namespace: true}}]
        """,
        "--namespace",
        "monitoring",
        "--name",
        "discovery",
        "--service-account",
        "prometheus");

    assertThat(cli.out())
        .contains("kind: Role\nmetadata:\n  name: discovery\n  namespace: monitoring\n")
        .contains("  name: prometheus\n  namespace: monitoring\n");
  }

  @Test
  void jobsOfSeveralServersGetManifestsForEach() throws IOException {
    rbac(
        """
        scrape_configs:
        - job_name: east
          kubernetes_sd_configs: [{role: node, api_server: 'http://127.0.0.1:1'}]
        - job_name: west
          kubernetes_sd_configs: [{role: pod, api_server: 'http://127.0.0.1:2'}]
        """);

    assertThat(cli.out().lines().filter(line -> line.startsWith("#")))
        .containsExactly("# for the server of job east", "# for the server of job west");
  }

  @Test
  void aConfigurationWithoutKubernetesNeedsNothing() throws IOException {
    assertThat(
            rbac(
                """
                scrape_configs:
                - job_name: fixed
                  static_configs: [{targets: ['h:1']}]
                """))
        .isZero();
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains("no permission is needed");
  }

  @Test
  void checkTellsEachAnswerWithItsNamespaceAndServer() throws IOException {
    int code = check(Permissions.ALL.deny("watch", "endpointslices", "billing"));

    assertThat(code).isEqualTo(ExitCode.FINDING);
    assertThat(cli.out())
        .contains("ok:      list nodes  (https://127.0.0.1:")
        .contains("missing: watch endpointslices.discovery.k8s.io in namespace billing  (https:");
  }

  @Test
  void theDocumentationShowsWhatCheckPrints() throws IOException {
    String config =
        """
        scrape_configs:
        - job_name: shop
          kubernetes_sd_configs:
          - role: pod
            kubeconfig_file: kubeconfig
            namespaces: {names: [shop]}
        """;
    Permissions may = Permissions.ALL.deny("watch", "pods", "shop");
    assertThat(withServer(may, "rbac", cli.file("p.yml", config), "--check"))
        .isEqualTo(ExitCode.FINDING);
    String printed = cli.out().replaceAll("https://127.0.0.1:[0-9]+", "https://10.0.0.1:6443");
    assertThat(Files.readString(Path.of("docs/cli.md")))
        .contains("```\n$ promdisco rbac p.yml --check\n" + printed + "```\n");
  }

  @Test
  void explainNamesEveryMissingRightWhenTheServerRefusesOne() throws IOException {
    String config =
        """
        scrape_configs:
          - job_name: slices
            kubernetes_sd_configs:
              - {role: endpointslice, kubeconfig_file: kubeconfig, namespaces: {names: [shop]}}
        """;
    Permissions may = Permissions.ALL.deny("*", "pods", "*").deny("watch", "services", "shop");
    withServer(may, "explain", cli.file("p.yml", config), "pod/shop/web-0", "--timeout", "1s");
    assertThat(cli.out())
        .contains(
            "lack the permissions to list pods in namespace shop, watch pods in namespace shop,"
                + " watch services in namespace shop"
                + " (promdisco rbac prints roles that grant them)");
  }

  @Test
  void checkInJsonHoldsAnEntryForEachPermission() throws IOException {
    assertThat(
            withServer(Permissions.ALL, "rbac", cli.file("p.yml", CONFIG), "--check", "-o", "json"))
        .isZero();

    JsonNode answers = new ObjectMapper().readTree(cli.out());
    assertThat(answers).hasSize(14);
    assertThat(answers.at("/0/resource").asText()).isEqualTo("nodes");
    assertThat(answers).allMatch(answer -> answer.path("allowed").asBoolean());
  }

  @Test
  void anUnreachableServerOrARejectedTokenIsNotAnAnswer() throws IOException {
    String nobody =
        """
        scrape_configs:
        - job_name: nodes
          kubernetes_sd_configs: [{role: node, api_server: 'http://127.0.0.1:1'}]
        """;
    assertThat(rbac(nobody, "--check")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains("--check: cannot be asked").contains("http://127.0.0.1:1");

    try (SimApiServer server = SimApiServer.start(new SimCluster(), viewer(Permissions.ALL))) {
      server.writeKubeconfig(folder.resolve("kubeconfig"), "no-such-token");
      assertThat(rbac(CONFIG, "--check")).isEqualTo(ExitCode.UNREACHABLE);
    }
    assertThat(cli.err())
        .contains("does not accept the credentials")
        .doesNotContain("no-such-token");
  }

  @Test
  void aDumpGrantsNothing() throws IOException {
    assertThat(rbac(CONFIG, "--manifests", folder.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("--manifests: a dump grants nothing");
  }

  private static final String MONITORS =
      """
      apiVersion: monitoring.coreos.com/v1
      kind: ServiceMonitor
      metadata: {name: web, namespace: shop}
      spec:
        selector: {}
        endpoints:
          - port: http
            oauth2:
              clientId: {configMap: {name: id, key: id}}
              clientSecret: {name: login, key: token}
              tokenUrl: http://127.0.0.1/token
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: login, namespace: shop}
      stringData: {token: open-sesame}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: id, namespace: shop}
      data: {id: promdisco}
      """;

  private int rbacOfMonitors(String settings, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("rbac", "--prometheus-cr"));
    all.add(
        cli.file(
            "settings.yaml",
            "collector_namespace: m\nprometheus_cr: {enabled: true, " + settings + "}\n"));
    all.addAll(List.of(more));
    return cli.run(all.toArray(String[]::new));
  }

  private List<String> granted() {
    return pieces(cli.out()).stream().map(piece -> String.join(" ", piece)).sorted().toList();
  }

  @Test
  void monitorsOfADumpNeedTheirKindTheirTargetsAndTheDataThatTheyName() throws IOException {
    String dump = cli.file("monitors.yaml", MONITORS);

    assertThat(rbacOfMonitors("service_monitor_selector: {}", "--manifests", dump)).isZero();

    assertThat(granted())
        .containsExactly(
            "get configmaps shop",
            "get secrets shop",
            "get servicemonitors ",
            "list configmaps shop",
            "list endpointslices shop",
            "list pods shop",
            "list secrets shop",
            "list servicemonitors ",
            "list services shop",
            "watch configmaps shop",
            "watch endpointslices shop",
            "watch pods shop",
            "watch secrets shop",
            "watch servicemonitors ",
            "watch services shop");
    assertThat(cli.out())
        .contains("  resourceNames:\n  - login\n")
        .contains("  resourceNames:\n  - id\n")
        .doesNotContain("open-sesame");
  }

  @Test
  void monitorsThatAreNotKnownNeedWhatTheSettingsAllow() throws IOException {
    assertThat(
            rbacOfMonitors(
                "pod_monitor_selector: {}, allow_namespaces: [shop, bank],"
                    + " secret_namespaces: [bank, vault]"))
        .isZero();

    assertThat(granted())
        .contains("get podmonitors shop", "get podmonitors bank", "list pods ", "get secrets bank")
        .noneMatch(right -> right.contains("secrets shop") || right.contains("vault"))
        .noneMatch(right -> right.contains("servicemonitors") || right.contains("namespaces"));
    assertThat(cli.err()).contains("the monitors are not known");
  }

  @Test
  void aNamespaceSelectorNeedsTheNamespaces() throws IOException {
    rbacOfMonitors("probe_selector: {}, probe_namespace_selector: {matchLabels: {a: b}}");

    assertThat(granted())
        .contains("get namespaces ", "list namespaces ", "watch namespaces ", "get probes ");
  }

  @Test
  void checkCoversMonitorsAndTheSecretsThatTheyName() throws IOException {
    String dump = cli.file("monitors.yaml", MONITORS);
    Permissions may =
        Permissions.ALL.deny("watch", "servicemonitors", "*").deny("get", "secrets", "shop");
    try (SimApiServer server = SimApiServer.start(new SimCluster(), viewer(may))) {
      server.writeKubeconfig(folder.resolve("kubeconfig"), "viewer-token");

      assertThat(
              rbacOfMonitors(
                  "service_monitor_selector: {}",
                  "--manifests",
                  dump,
                  "--kubeconfig",
                  folder.resolve("kubeconfig").toString(),
                  "--check"))
          .isEqualTo(ExitCode.FINDING);
    }

    assertThat(cli.out().lines().filter(line -> line.startsWith("missing:")))
        .hasSize(2)
        .anyMatch(
            line ->
                line.contains(
                    "watch servicemonitors.monitoring.coreos.com in all namespaces  (https"))
        .anyMatch(line -> line.contains("get secrets login in namespace shop  (https"));
  }

  @Test
  void aDumpAloneGrantsNothing() throws IOException {
    assertThat(rbac(CONFIG, "--manifests", cli.file("monitors.yaml", MONITORS)))
        .isEqualTo(ExitCode.USAGE);
  }
}
