package io.promdisco.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.Promdisco;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.testing.ExpectsErrors;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class DiffTest {
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web-0, namespace: shop, labels: {app: web}}
      spec: {containers: [{name: web, ports: [{containerPort: 8080}]}]}
      status: {phase: Running, podIP: 10.0.0.2}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: db-0, namespace: shop, labels: {app: db}}
      spec: {containers: [{name: db, ports: [{containerPort: 5432}]}]}
      status: {phase: Running, podIP: 10.0.0.3}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: cache-0, namespace: shop, labels: {app: cache}}
      spec: {containers: [{name: cache, ports: [{containerPort: 6379}]}]}
      status: {phase: Running, podIP: 10.0.0.4}
      """;
  private static final String PODS =
      """
      scrape_configs:
      - job_name: pods
        kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
        relabel_configs:
        - source_labels: [__meta_kubernetes_pod_label_app]
          regex: %s
          action: keep
        - source_labels: [__meta_kubernetes_pod_name]
          regex: %s
          target_label: pod
      """;

  @TempDir private Path folder = Path.of("");
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void files() {
    cli = new Cli(folder);
  }

  private int diff(String old, String now, String... options) throws IOException {
    Stream<String> files =
        Stream.of(
            "diff",
            cli.file("old.yml", old),
            cli.file("new.yml", now),
            "--manifests",
            cli.file("cluster.yaml", OBJECTS));
    return cli.run(Stream.concat(files, Stream.of(options)).toArray(String[]::new));
  }

  @Test
  void addedRemovedAndChangedTargetsAreReportedByJob() throws IOException {
    assertThat(diff(PODS.formatted("web|db", "(.*)"), PODS.formatted("web|cache", "(.*)-0")))
        .isZero();

    assertThat(cli.out())
        .isEqualTo(
            """
            job pods: 1 removed, 1 added, 1 changed, 0 unchanged
              - http://10.0.0.3:5432/metrics  {instance=10.0.0.3:5432, job=pods, pod=db-0}
              + http://10.0.0.4:6379/metrics  {instance=10.0.0.4:6379, job=pods, pod=cache}
              ~ http://10.0.0.2:8080/metrics  pod: "web-0" -> "web"

            1 removed, 1 added, 1 changed, 0 unchanged
            """);
  }

  @Test
  void theSameConfigurationChangesNothing() throws IOException {
    String config = PODS.formatted("web|db", "(.*)");

    assertThat(diff(config, config, "--fail-on", "any")).isZero();
    assertThat(cli.out()).isEqualTo("0 removed, 0 added, 0 changed, 2 unchanged\n");
  }

  @Test
  void failOnLostLooksAtTargetsThatGoAndFailOnAnyAtEverything() throws IOException {
    String one = PODS.formatted("web", "(.*)");
    String two = PODS.formatted("web|db", "(.*)");

    assertThat(diff(one, two, "--fail-on", "lost")).isZero();
    assertThat(diff(one, two, "--fail-on", "any")).isEqualTo(ExitCode.FINDING);
    assertThat(diff(two, one, "--fail-on", "lost")).isEqualTo(ExitCode.FINDING);
    assertThat(diff(two, one)).isZero();
  }

  @Test
  void anotherPathOrIntervalIsAChangeAndNotALoss() throws IOException {
    String old =
        """
        scrape_configs:
        - job_name: fixed
          static_configs: [{targets: ['h:1']}]
        """;
    assertThat(diff(old, old + "  metrics_path: /m\n", "--fail-on", "lost")).isZero();
    assertThat(cli.out()).contains("  ~ http://h:1/metrics -> http://h:1/m\n");

    assertThat(diff(old, old + "  scrape_interval: 2m\n", "--fail-on", "lost")).isZero();
    assertThat(cli.out()).contains("  ~ http://h:1/metrics  interval: \"1m\" -> \"2m\"\n");

    assertThat(diff(old + "  metrics_path: /m\n", old + "  scheme: https\n")).isZero();
    assertThat(cli.out()).contains("  ~ http://h:1/m -> https://h:1/metrics\n");
  }

  @Test
  void anAddedOrRemovedLabelIsReported() throws IOException {
    String target = "scrape_configs:\n- job_name: fixed\n  static_configs: [{targets: ['h:1'], ";
    diff(target + "labels: {a: x}}]\n", target + "labels: {b: y}}]\n");

    assertThat(cli.out()).contains("a: \"x\" -> none, b: none -> \"y\"");
  }

  @Test
  void aRenamedJobIsRemovedAndAdded() throws IOException {
    String job =
        """
        scrape_configs:
        - job_name: %s
          static_configs: [{targets: ['h:1']}]
        """;
    diff(job.formatted("before"), job.formatted("after"));

    assertThat(cli.out())
        .contains("job before: 1 removed, 0 added")
        .contains("job after: 0 removed, 1 added");
    assertThat(diff(job.formatted("before"), job.formatted("after"), "--job", "after")).isZero();
    assertThat(cli.out()).doesNotContain("job before").contains("0 removed, 1 added");
  }

  @Test
  void linesAreLimitedByJobAndSaySo() throws IOException {
    diff(PODS.formatted("none", "(.*)"), PODS.formatted(".*", "(.*)"), "--limit", "1");

    assertThat(cli.out().lines().filter(line -> line.startsWith("  +"))).hasSize(1);
    assertThat(cli.out()).contains("  and 2 more (--limit shows more)");
  }

  @Test
  void jsonAndYamlHoldEverything() throws IOException {
    String old = PODS.formatted("web|db", "(.*)");
    String now = PODS.formatted("web", "(.*)-0");
    diff(old, now, "-o", "json", "--limit", "0");
    ObjectMapper mapper = new ObjectMapper();
    JsonNode document = mapper.readTree(cli.out());
    assertThat(document.at("/counts/removed").asInt()).isEqualTo(1);
    assertThat(document.at("/jobs/0/removed/0/labels/pod").asText()).isEqualTo("db-0");
    assertThat(document.at("/jobs/0/changed/0/differs/0").asText()).isEqualTo("labels.pod");
    assertThat(document.at("/jobs/0/changed/0/after/labels/pod").asText()).isEqualTo("web");

    diff(old, now, "-o", "yaml");
    assertThat(mapper.<JsonNode>valueToTree(new Yaml().load(cli.out()))).isEqualTo(document);
  }

  @Test
  void serversAreComparedWithEachOtherAndWithAFile() throws Exception {
    String job =
        """
        scrape_configs:
        - job_name: fixed
          static_configs: [{targets: [%s]}]
        """;
    Path one = Path.of(cli.file("one.yml", job.formatted("'h:1', 'h:2'")));
    Path two = Path.of(cli.file("two.yml", job.formatted("'h:2', 'h:3'")));
    try (Serving first = new Serving(one);
        Serving second = new Serving(two)) {
      String expected =
          """
          job fixed: 1 removed, 1 added, 0 changed, 1 unchanged
            - http://h:1/metrics  {instance=h:1, job=fixed}
            + http://h:3/metrics  {instance=h:3, job=fixed}

          1 removed, 1 added, 0 changed, 1 unchanged
          """;
      assertThat(cli.run("diff", "--at-server", first.url(), "--at-server", second.url())).isZero();
      assertThat(cli.out()).isEqualTo(expected);

      assertThat(cli.run("diff", "--at-server", first.url(), two.toString())).isZero();
      assertThat(cli.out()).isEqualTo(expected);
    }
  }

  @Test
  @ExpectsErrors("the target file is broken")
  void anIncompleteServerIsNotCompared() throws Exception {
    cli.file("broken.json", "[");
    Path config =
        Path.of(
            cli.file(
                "partial.yml",
                """
                scrape_configs:
                - job_name: partial
                  static_configs: [{targets: ['h:1']}]
                  file_sd_configs: [{files: [broken.json]}]
                - job_name: whole
                  static_configs: [{targets: ['h:2']}]
                """));
    try (Serving served = new Serving(config)) {
      String[] both = {"diff", "--at-server", served.url(), "--at-server", served.url()};
      assertThat(cli.run(both)).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(cli.out()).isEmpty();
      assertThat(cli.err())
          .contains("error: " + served.url() + ": incomplete: job partial: file/0: broken.json:")
          .contains("nothing was compared");

      assertThat(cli.run(with(both, "--job", "partial"))).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(cli.run(with(both, "--job", "whole"))).isZero();

      assertThat(cli.run("explain", "--server", served.url(), "h:9"))
          .isEqualTo(ExitCode.UNREACHABLE);
      assertThat(cli.err()).contains("incomplete: job partial: ");
      assertThat(cli.run("explain", "--server", served.url(), "h:1")).isZero();
    }
  }

  private static String[] with(String[] arguments, String... more) {
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }

  /** A running server for a configuration. */
  private static final class Serving implements AutoCloseable {
    private final Promdisco promdisco = Promdisco.builder().build();
    private final PromdiscoServer server;

    Serving(Path config) throws Exception {
      server = PromdiscoServer.builder().listen("127.0.0.1", 0).configFile(config).start(promdisco);
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
    }

    String url() {
      return server.url();
    }

    @Override
    public void close() {
      server.close();
      promdisco.close();
    }
  }

  @Test
  void aSourceThatCannotBeReadIsNotTakenForLostTargets() throws IOException {
    String config = PODS.formatted("web", "(.*)");
    String old = cli.file("old.yml", config);
    cli.file(
        "kubeconfig",
        """
        current-context: c
        clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        users: [{name: u, user: {}}]
        """);

    assertThat(cli.run("diff", old, old, "--timeout", "1s")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains("cannot connect").contains("nothing was compared");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void badUsageSaysWhatIsExpected() throws IOException {
    String config = cli.file("p.yml", PODS.formatted("web", "(.*)"));

    assertThat(cli.run("diff", config)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("1 to compare (expected: two");
    assertThat(cli.run("diff", config, config, "--fail-on", "found")).isEqualTo(ExitCode.USAGE);
    assertThat(diff(PODS.formatted("a", "b"), PODS.formatted("a", "b"), "--job", "no"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("no job \"no\" on either side");
    assertThat(cli.run("diff", "--at-server", "nowhere", config)).isEqualTo(ExitCode.USAGE);
    assertThat(cli.err()).contains("--at-server: nowhere (expected: the URL");
  }

  @Test
  void interimAnswersWithoutEndAreGivenUp() throws Exception {
    String config = cli.file("p.yml", "scrape_configs: []\n");
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread talker = new Thread(() -> talk(server));
      talker.start();
      String url = "http://127.0.0.1:" + server.getLocalPort();
      assertThat(cli.run("diff", "--at-server", url, config, "--timeout", "2s"))
          .isEqualTo(ExitCode.UNREACHABLE);
      assertThat(cli.err()).contains("no complete answer within 2.0 s");
      talker.join();
    }
  }

  private static void talk(ServerSocket server) {
    byte[] interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100).getBytes(UTF_8);
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      while (true) {
        out.write(interim);
      }
    } catch (IOException e) {
      // The other side has disconnected.
    }
  }

  @Test
  void aServerOutOfReachIsNamedWithoutItsPassword() throws IOException {
    String config = cli.file("p.yml", "scrape_configs: []\n");

    assertThat(cli.run("diff", "--at-server", "http://user:topsecret@127.0.0.1:1", config))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err()).contains("--at-server: http://127.0.0.1:1").doesNotContain("topsecret");
  }
}
