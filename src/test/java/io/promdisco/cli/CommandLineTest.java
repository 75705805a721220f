package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.sim.Permissions;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PODS =
      """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Pod
        metadata: {name: web-0, namespace: shop, labels: {app: web}}
        spec:
          containers:
          - {name: web, image: web:1, ports: [{name: http, containerPort: 8080}]}
        status: {phase: Running, podIP: 127.0.0.2}
      - apiVersion: v1
        kind: Pod
        metadata: {name: db-0, namespace: shop, labels: {app: db}}
        spec:
          containers:
          - {name: db, image: db:1, ports: [{name: sql, containerPort: 5432}]}
        status: {phase: Running, podIP: 127.0.0.3}
      """;
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: pods
        kubernetes_sd_configs:
        - role: pod
          kubeconfig_file: kubeconfig
        relabel_configs:
        - source_labels: [__meta_kubernetes_pod_label_app]
          regex: web
          action: keep
        - source_labels: [__meta_kubernetes_pod_name]
          target_label: pod
      """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(folder);

  @BeforeEach
  void useFolder() {
    cli = new Cli(folder);
  }

  @Test
  void targetsOfADumpAreAnAlignedTable() throws IOException {
    int code =
        cli.run("targets", cli.file("p.yml", CONFIG), "--manifests", cli.file("pods.yaml", PODS));

    assertThat(code).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            JOB   STATE   TARGET                         LABELS
            pods  active  http://127.0.0.2:8080/metrics  instance="127.0.0.2:8080", pod="web-0"
            """);
    assertThat(cli.err()).contains("1 active, 1 dropped in 1 job");
  }

  @Test
  void droppedTargetsShowWhatWasDiscovered() throws IOException {
    cli.run(
        "targets",
        cli.file("p.yml", CONFIG),
        "--manifests",
        cli.file("pods.yaml", PODS),
        "--state",
        "dropped",
        "-o",
        "json");

    JsonNode rows = JSON.readTree(cli.out());
    assertThat(rows).hasSize(1);
    assertThat(rows.at("/0/state").asText()).isEqualTo("dropped");
    assertThat(rows.at("/0/discoveredLabels/__meta_kubernetes_pod_name").asText())
        .isEqualTo("db-0");
  }

  @Test
  void prometheusOutputIsTheDocumentOfItsTargetsApi() throws IOException {
    cli.run(
        "targets",
        cli.file("p.yml", CONFIG),
        "--manifests",
        cli.file("m.yaml", PODS),
        "-o",
        "prometheus");

    JsonNode data = JSON.readTree(cli.out()).get("data");
    assertThat(data.at("/activeTargets/0/scrapeUrl").asText())
        .isEqualTo("http://127.0.0.2:8080/metrics");
    assertThat(data.at("/activeTargets/0/health").asText()).isEqualTo("unknown");
    assertThat(data.get("droppedTargets")).hasSize(1);
    assertThat(data.at("/droppedTargetCounts/pods").asInt()).isEqualTo(1);
  }

  @Test
  void everyOutputFormHoldsTheTarget() throws IOException {
    String config = cli.file("p.yml", CONFIG);
    String manifests = cli.file("m.yaml", PODS);
    for (String form : new String[] {"table", "wide", "json", "yaml", "http-sd", "prometheus"}) {

      assertThat(cli.run("targets", config, "--manifests", manifests, "--output", form)).isZero();
      assertThat(cli.out()).as(form).contains("127.0.0.2:8080");
    }
  }

  @Test
  void httpSdPrintsNothingForIncompleteJobs() throws IOException {
    cli.file("broken.json", "[");
    String config =
        cli.file(
            "partial.yml",
            """
            scrape_configs:
            - job_name: partial
              static_configs: [{targets: ["127.0.0.2:80"]}]
              file_sd_configs: [{files: [broken.json]}]
            - job_name: whole
              static_configs: [{targets: ["127.0.0.3:80"]}]
            """);

    assertThat(cli.run("targets", config, "-o", "http-sd")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err())
        .containsOnlyOnce("broken.json")
        .contains("error: partial: broken.json:1:")
        .contains("http-sd prints nothing")
        .contains("incomplete for job partial\n");

    cli.run("targets", config, "-o", "http-sd", "--job", "whole");
    assertThat(cli.out()).contains("127.0.0.3:80");

    assertThat(cli.run("targets", config, "-o", "prometheus")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(JSON.readTree(cli.out()).at("/warnings/0").asText())
        .startsWith("incomplete: job partial: file/0: ");
  }

  @Test
  void inYamlNoLabelLooksLikeANumber() throws IOException {
    String config =
        cli.file(
            "numbers.yml",
            """
            scrape_configs:
            - job_name: numbers
              static_configs:
              - {targets: ["127.0.0.2:80"], labels: {commit: '12e3'}}
            """);

    assertThat(cli.run("targets", config, "--output", "yaml")).isZero();
    assertThat(cli.out()).contains("commit: \"12e3\"");
  }

  @Test
  void whereMatchesFinalLabelsAndOtherwiseDiscoveredOnes() throws IOException {
    String config = cli.file("p.yml", CONFIG);
    String manifests = cli.file("m.yaml", PODS);

    cli.run("targets", config, "--manifests", manifests, "--where", "pod=web-.");
    assertThat(cli.out()).contains("web-0");

    cli.run(
        "targets",
        config,
        "--manifests",
        manifests,
        "--where",
        "__meta_kubernetes_pod_container_name=other");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void aBadConfigurationIsBadUsageAndEveryMistakeIsALine() throws IOException {
    String config =
        cli.file(
            "bad.yml",
            """
            scrape_configs:
            - job_name: a
              kubernetes_sd_configs:
              - role: pods
              schema: https
            """);

    assertThat(cli.run("targets", config)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err())
        .contains("bad.yml:4:11: scrape_configs[0].kubernetes_sd_configs[0].role: unknown")
        .contains("did you mean \"pod\"?")
        .contains("bad.yml:5:3: scrape_configs[0].schema: field schema not found")
        .contains("did you mean \"scheme\"?");
  }

  @Test
  void checkSaysOkOrWhatIsWrongAndEndsAccordingly() throws IOException {
    assertThat(cli.run("check", cli.file("good.yml", CONFIG))).isZero();
    assertThat(cli.out()).contains("ok: ").contains(": 1 job\n");

    assertThat(cli.run("check", cli.file("bad.yml", "scrape_config: []\n"), "-o", "json"))
        .isEqualTo(ExitCode.FINDING);
    JsonNode entry = JSON.readTree(cli.out()).get(0);
    assertThat(entry.get("valid").asBoolean()).isFalse();
    assertThat(entry.at("/problems/0/line").asInt()).isEqualTo(1);
    assertThat(entry.at("/problems/0/path").asText()).isEqualTo("scrape_config");
  }

  @Test
  void unknownOptionsAndJobsAreBadUsage() throws IOException {
    assertThat(cli.run("targets", "--outptu", "json")).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("--outptu").contains("--help");

    assertThat(
            cli.run(
                "targets",
                cli.file("p.yml", CONFIG),
                "--manifests",
                cli.file("m.yaml", PODS),
                "--job",
                "nodes"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("no job \"nodes\"").contains("[pods]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "targets --state foo | '--state' | \"foo\" (expected: one of active, dropped, any)",
        "targets --output xml | '--output' | (expected: one of table, wide, json, yaml, http-sd,",
        "targets --timeout 5 | '--timeout' | \"5\" (expected: a duration, for example 5s)",
        "demo --pace x | '--pace' | \"x\" (expected: a duration, for example 30s or 1m30s)",
        "demo --steps -1 | --steps | -1 (expected: 0 or more)",
        "demo --steps x | '--steps' | 'x' (expected: a number, for example 5)",
        "bench --pods 0 | --pods | 0 (expected: 1 to 1000000)",
        "targets --source-memory 999% | '--source-memory' | for example 200MB or 10%)",
        "check | check | no file (expected: promdisco check CONFIG...)",
      })
  void anErrorOfUsageSaysWhatWasExpected(String line, String place, String expected) {
    assertThat(cli.run(line.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).startsWith("promdisco: ").contains(place, expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"targets", "check", "dump", "rbac", "explain"})
  void everyCommandTakesItsConfigurationAsAnOptionToo(String command) throws IOException {
    cli.file("kubeconfig", "");
    String config =
        cli.file(
            "fixed.yml",
            "scrape_configs: [{job_name: a, static_configs: [{targets: ['127.0.0.1:9']}]}]\n");
    String query = command.equals("explain") ? "127.0.0.1:9" : null;
    for (String option : List.of("--config", "--config.file")) {
      assertThat(run(command, option, config, query)).as(cli.err()).isZero();
    }
    if (!command.equals("check")) { // check accepts several files
      assertThat(run(command, "--config", config, config, query)).isEqualTo(ExitCode.USAGE);
      assertThat(cli.err()).isEqualTo("promdisco: two configurations given (expected: one)\n");
    }
  }

  private int run(@Nullable String... words) {
    return cli.run(Stream.of(words).filter(Objects::nonNull).toArray(String[]::new));
  }

  @Test
  void aServerThatRefusesEndsWithUnreachableAndNamesTheMissingRule() throws IOException {
    SimCluster cluster = new SimCluster();
    try (SimApiServer server =
        SimApiServer.start(
            cluster, new SimOptions().user("viewer", "viewer-token", Permissions.NONE))) {
      server.writeKubeconfig(folder.resolve("kubeconfig"), "viewer-token");

      int code = cli.run("targets", cli.file("p.yml", CONFIG), "--timeout", "1s");

      assertThat(code).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(cli.err())
          .contains("pods: ")
          .contains("403")
          .contains("grant verbs [list, watch] on resource \"pods\"");
    }
  }

  @Test
  void aServerThatIsNotThereEndsWithUnreachableInOneClearLine() throws IOException {
    cli.file(
        "kubeconfig",
        """
        apiVersion: v1
        kind: Config
        current-context: c
        clusters: [{name: k, cluster: {server: "http://127.0.0.1:1"}}]
        contexts: [{name: c, context: {cluster: k, user: u}}]
        users: [{name: u, user: {token: topsecret}}]
        """);

    int code = cli.run("targets", cli.file("p.yml", CONFIG), "--timeout", "1s");

    assertThat(code).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err())
        .contains("http://127.0.0.1:1")
        .contains("refused", "(since ", ", next try ")
        .doesNotContain("topsecret");
  }

  @Test
  void aMissingKubeconfigIsReportedImmediatelyAndOtherJobsContinue() throws IOException {
    String config =
        cli.file(
            "p.yml",
            CONFIG
                + """
                - job_name: fixed
                  static_configs: [{targets: ['127.0.0.1:9']}]
                """);

    int code = cli.run("targets", config, "--timeout", "20s");

    assertThat(code).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.out()).contains("http://127.0.0.1:9/metrics");
    assertThat(cli.err()).contains("kubeconfig");
  }

  @Test
  void kubeconfigOptionReplacesTheConfiguredServer() throws IOException {
    SimCluster cluster = new SimCluster();
    try (SimApiServer server = SimApiServer.start(cluster)) {
      String elsewhere =
          server.writeKubeconfig(folder.resolve("elsewhere")).toAbsolutePath().toString();

      assertThat(cli.run("targets", cli.file("p.yml", CONFIG), "--kubeconfig", elsewhere)).isZero();
    }
  }

  @Test
  void aBrokenManifestNamesItsFile() throws IOException {
    int code =
        cli.run(
            "targets",
            cli.file("p.yml", CONFIG),
            "--manifests",
            cli.file("broken.yaml", "kind: [\n"));

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("broken.yaml");
  }

  @Test
  void demoShowsAddedAndRemovedTargets() {
    assertThat(cli.run("demo", "--steps", "6", "--pace", "100ms")).isZero();

    assertThat(cli.out()).contains("JOB").contains("nodes").contains("+ pods");
  }

  @Test
  void serveRefusesAWebConfigWithItsMistakes() throws IOException {
    String web = cli.file("web.yml", "tls_server_config: {cert_file: a.crt}\n");
    assertThat(cli.run("serve", "--config", cli.file("p.yml", CONFIG), "--web.config.file", web))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.err())
        .contains("web.yml:1:20: tls_server_config: missing one of key or key_file");
  }

  @Test
  void serveNamesTheWebConfigThatIsMissing() throws IOException {
    String web = folder.resolve("none.yml").toString();
    assertThat(cli.run("serve", "--config", cli.file("p.yml", CONFIG), "--web.config.file", web))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("--web.config.file").contains("none.yml: no such file");
  }

  @Test
  void versionNamesTheJavaThatRuns() {
    assertThat(cli.run("--version")).isZero();
    assertThat(cli.out()).contains("promdisco").contains("Java " + Runtime.version().feature());
  }
}
