package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.conformance.RealCluster;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.SkipReason;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Monitors on a real API server with the custom resource definitions of the Prometheus Operator,
 * which the property {@code promdisco.crds} names. Definitions, monitors and Secrets come and go,
 * the jobs of {@code allocate} follow, and a real OpenTelemetry collector scrapes what they name.
 * Everything that is in the cluster is deleted: use an empty one. Takes a minute.
 */
@Timeout(300)
class RealMonitorsIT {
  private static final String KUBECONFIG = System.getProperty("promdisco.kubeconfig", "");
  private static final String VIEWER = System.getProperty("promdisco.kubeconfig.viewer", "");
  private static final String CLIENTS = System.getProperty("promdisco.realclients", "");
  private static final String CRDS = System.getProperty("promdisco.crds", "");

  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String MONITORS =
      "/apis/monitoring.coreos.com/v1/namespaces/shop/servicemonitors";
  private static final String SECRETS = "/api/v1/namespaces/shop/secrets";
  private static final List<String> KINDS =
      List.of("servicemonitors", "podmonitors", "probes", "scrapeconfigs");

  private static final String SETTINGS =
      """
      collector_namespace: shop
      prometheus_cr:
        enabled: true
        service_monitor_selector: {}
        pod_monitor_selector: {}
        probe_selector: {}
        scrape_config_selector: {}
      """;

  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: shop}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop, labels: {app: web}}
      spec: {clusterIP: None, ports: [{name: http, port: 80}]}
      ---
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{name: http, port: 8080}]
      endpoints: [{addresses: [10.0.0.2], conditions: {ready: true}}]
      """;

  /** API servers refuse loopback addresses in slices, so a rule of the monitor sets one. */
  private static final String MONITOR =
      """
      apiVersion: monitoring.coreos.com/v1
      kind: ServiceMonitor
      metadata: {name: web, namespace: shop}
      spec:
        selector: {matchLabels: {app: web}}
        endpoints:
        - port: http
          interval: 1s
          authorization: {credentials: {name: auth, key: token}}
          relabelings: [{targetLabel: __address__, replacement: "127.0.0.1:%d"}]
      """;

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: auth, namespace: shop}
      stringData: {token: %s}
      """;

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();
  private final Set<String> credentials = ConcurrentHashMap.newKeySet();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private @Nullable RealCluster open;
  private int scraped;

  @BeforeEach
  void fill() throws Exception {
    assumeFalse(KUBECONFIG.isEmpty() || CRDS.isEmpty(), SkipReason.API_SERVER);
    open = new RealCluster(Path.of(KUBECONFIG));
    cluster().clear();
    for (JsonNode object : documents(OBJECTS)) {
      cluster().create((ObjectNode) object);
    }
    scraped = targetThatNotesCredentials();
  }

  @AfterEach
  void clear() throws Exception {
    closer.close();
    if (open != null) {
      for (String kind : KINDS) {
        uninstall(kind);
      }
      open.request("DELETE", SECRETS + "/auth", null);
      open.clear();
    }
  }

  private RealCluster cluster() {
    return Objects.requireNonNull(open);
  }

  private List<JsonNode> documents(String yaml) throws Exception {
    return ManifestReader.documents(Files.writeString(folder.resolve("object.yaml"), yaml));
  }

  private void create(String path, String yaml) throws Exception {
    cluster().request("POST", path, documents(yaml).get(0));
  }

  private void install(String kind) throws Exception {
    Path file = Path.of(CRDS, "monitoring.coreos.com_" + kind + ".yaml");
    cluster().request("POST", DEFINITIONS, ManifestReader.documents(file).get(0));
  }

  private void uninstall(String kind) throws Exception {
    String path = DEFINITIONS + "/" + kind + ".monitoring.coreos.com";
    cluster().request("DELETE", path, null);
    eventually(
        () ->
            assertThat(cluster().request("GET", DEFINITIONS, null).toString())
                .doesNotContain("\"" + kind + ".monitoring.coreos.com\""));
  }

  /** Creates the monitor as soon as its definition is served. */
  private void createMonitor() {
    eventually(
        () -> {
          try {
            create(MONITORS, MONITOR.formatted(scraped));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Serves a metric at a loopback address, and notes with which credentials it was asked for. */
  private int targetThatNotesCredentials() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          credentials.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          byte[] body = "up_here 1\n".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    closer.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process start(String log, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(log).toFile())
            .start();
    closer.add(() -> process.destroyForcibly().waitFor());
    return process;
  }

  private String allocate() throws IOException {
    int port = freePort();
    Path file = folder.resolve("ta.yaml");
    Files.writeString(
        file,
        SETTINGS
            + "listen_addr: 127.0.0.1:"
            + port
            + "\ncollectors: [otelcol]\nallow_insecure_auth_secrets: true\n"
            + "kube_config_file_path: "
            + KUBECONFIG
            + "\n");
    start(
        "allocate.log",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "allocate",
        "--config-file=" + file);
    return "http://127.0.0.1:" + port;
  }

  private void collect(String url) throws IOException {
    String yaml =
        """
        receivers:
          prometheus:
            config: {scrape_configs: []}
            target_allocator:
              endpoint: %s
              interval: 1s
              collector_id: otelcol
              http_sd_config: {refresh_interval: 1s}
        exporters: {debug: {verbosity: basic}}
        service:
          telemetry: {metrics: {level: none}}
          pipelines: {metrics: {receivers: [prometheus], exporters: [debug]}}
        """
            .formatted(url);
    start(
        "otelcol.log",
        Path.of(CLIENTS, "otelcol").toString(),
        "--config",
        Files.writeString(folder.resolve("o.yaml"), yaml).toString());
  }

  private Set<String> jobs(String url) {
    try {
      HttpResponse<String> answer = scrapeConfigs(url);
      JsonNode document = new ObjectMapper().readTree(answer.body());
      Set<String> jobs = new TreeSet<>();
      document.fieldNames().forEachRemaining(jobs::add);
      return answer.statusCode() == 200 ? jobs : Set.of(answer.body());
    } catch (IOException | InterruptedException e) {
      return Set.of(e.toString()); // It does not listen yet.
    }
  }

  private HttpResponse<String> scrapeConfigs(String url) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + "/scrape_configs"))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("allocate.log"));
  }

  @Test
  void aCollectorScrapesWhatAMonitorNamesWhileDefinitionsAndSecretsComeAndGo() throws Exception {
    assumeFalse(CLIENTS.isEmpty(), SkipReason.CLIENTS);
    String url = allocate();
    eventually(() -> assertThat(jobs(url)).as(log()).isEmpty());
    assertThat(log()).contains("the API server has no servicemonitors in monitoring.coreos.com/v1");
    collect(url);

    KINDS.forEach(
        kind -> {
          try {
            install(kind);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    createMonitor();
    eventually(() -> assertThat(log()).contains("secrets \"auth\" not found"));
    assertThat(jobs(url)).isEmpty();

    create(SECRETS, SECRET.formatted("token-one"));
    eventually(() -> assertThat(jobs(url)).containsExactly("serviceMonitor/shop/web/0"));
    eventually(() -> assertThat(credentials).contains("Bearer token-one"));

    cluster().request("PUT", SECRETS + "/auth", documents(SECRET.formatted("token-two")).get(0));
    eventually(() -> assertThat(scrapeConfigs(url).body()).contains("token-two"));
    // The collector compares configurations without their secrets, so it takes this one later.

    cluster().request("DELETE", MONITORS + "/web", null);
    eventually(() -> assertThat(jobs(url)).isEmpty());
    createMonitor();
    eventually(() -> assertThat(jobs(url)).containsExactly("serviceMonitor/shop/web/0"));

    uninstall("servicemonitors");
    eventually(() -> assertThat(jobs(url)).as(log()).isEmpty());
    install("servicemonitors");
    createMonitor();
    eventually(() -> assertThat(jobs(url)).containsExactly("serviceMonitor/shop/web/0"));
    credentials.clear();
    eventually(() -> assertThat(credentials).containsExactly("Bearer token-two"));
    assertThat(log()).doesNotContain("token-one", "token-two");
  }

  @Test
  void commandsReadTheClusterAndNameMissingRightsAndDefinitions() throws Exception {
    Cli cli = new Cli(folder);
    String settings = cli.file("settings.yaml", SETTINGS);
    install("servicemonitors");
    create(SECRETS, SECRET.formatted("topsecret"));
    createMonitor();

    assertThat(cli.run("monitors", settings, "--kubeconfig", KUBECONFIG)).as(cli.err()).isZero();
    assertThat(cli.out()).contains("job_name: serviceMonitor/shop/web/0", "topsecret");
    assertThat(cli.err()).contains("podmonitors: 404 Not Found");

    assertThat(cli.run("targets", "--prometheus-cr", settings, "--kubeconfig", KUBECONFIG))
        .as(cli.err())
        .isZero();
    assertThat(cli.out())
        .contains("serviceMonitor/shop/web/0", "http://127.0.0.1:" + scraped + "/metrics");

    assertThat(cli.run("monitors", settings, "--kubeconfig", VIEWER))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(cli.err())
        .contains("servicemonitors: 403 Forbidden to list and watch servicemonitors: grant verbs");
  }
}
