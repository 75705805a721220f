package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.testing.SkipReason;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real OpenTelemetry collector, a real Prometheus and a real vmagent each get their share from
 * {@code allocate}. Together they have every target exactly once. An invalid configuration, a crash
 * and a restart of {@code allocate} change nothing.
 *
 * <p>The property {@code promdisco.realclients} names the folder of the programs. The targets are
 * closed ports of the loopback address. Takes a minute.
 */
@Timeout(300)
class RealCollectorsIT {
  private static final String CLIENTS = System.getProperty("promdisco.realclients", "");
  private static final int TARGETS = 60;
  private static final Pattern INSTANCE = Pattern.compile("\"instance\":\"(127[^\"]+)\"");
  private static final String FILE =
      """
      listen_addr: 127.0.0.1:%d
      collectors: [otelcol, prometheus, vmagent]
      config:
        global: {scrape_interval: 10m}
        scrape_configs:
        - job_name: serviceMonitor/ns a/app+b/0
          file_sd_configs: [{files: [t.json]}]
          relabel_configs:
          - {source_labels: [__meta_kind], target_label: kind}
          - {source_labels: [kind], target_label: __meta_kind, action: keepequal}
          basic_auth: {username: u, password: p}
      """;

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeEach
  void requireClients() {
    assumeFalse(CLIENTS.isEmpty(), SkipReason.CLIENTS);
    assumeFalse(!Files.exists(Path.of(CLIENTS, "otelcol")), SkipReason.CLIENTS);
  }

  @AfterEach
  void endProcesses() {
    closer.close();
  }

  @Test
  void eachProgramHasExactlyItsShare() throws Exception {
    int port = freePort();
    Files.writeString(folder.resolve("ta.yaml"), FILE.formatted(port));
    List<String> addresses = new ArrayList<>();
    for (int i = 1; i <= TARGETS; i++) {
      addresses.add("\"127.9.0." + i + ":9\"");
    }
    Files.writeString(
        folder.resolve("t.json"),
        "[{\"targets\": " + addresses + ", \"labels\": {\"__meta_kind\": \"web\"}}]");
    String url = "http://127.0.0.1:" + port;
    Process allocate = allocate();
    until("allocate", () -> status(url + "/readyz") == 200);
    List<String> programs = List.of(otelcol(url), prometheus(url), vmagent(url));

    List<Set<String>> shares =
        List.of(share(url, "otelcol"), share(url, "prometheus"), share(url, "vmagent"));
    Set<String> all = new HashSet<>();
    shares.forEach(all::addAll);
    assertThat(all).hasSize(TARGETS);
    assertThat(shares.stream().mapToInt(Set::size).sum()).isEqualTo(TARGETS);
    for (int i = 0; i < 3; i++) {
      String program = programs.get(i);
      Set<String> share = shares.get(i);
      until(program + " " + share, () -> targets(program).equals(share));
    }

    Files.writeString(folder.resolve("ta.yaml"), "config: {scrape_configs: [{}]}");
    expectNoChange(programs, shares);
    Files.writeString(folder.resolve("ta.yaml"), FILE.formatted(port));
    allocate.destroyForcibly().waitFor();
    expectNoChange(programs, shares);
    Process again = allocate();
    until("allocate", () -> status(url + "/readyz") == 200);
    expectNoChange(programs, shares);
    assertThat(again.isAlive()).isTrue();
  }

  /** The programs send requests every two seconds. */
  private void expectNoChange(List<String> programs, List<Set<String>> shares) {
    LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
    for (int i = 0; i < programs.size(); i++) {
      assertThat(targets(programs.get(i))).isEqualTo(shares.get(i));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process allocate() throws IOException {
    return start(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "allocate",
        "--config-file=" + folder.resolve("ta.yaml"));
  }

  private String otelcol(String url) throws IOException {
    int port = freePort();
    String yaml =
        """
        receivers:
          prometheus:
            config: {scrape_configs: []}
            target_allocator:
              endpoint: %s
              interval: 2s
              collector_id: otelcol
              http_sd_config: {refresh_interval: 2s}
            api_server: {enabled: true, server_config: {endpoint: 127.0.0.1:%d}}
        exporters: {debug: {verbosity: basic}}
        service:
          telemetry: {metrics: {level: none}}
          pipelines: {metrics: {receivers: [prometheus], exporters: [debug]}}
        """
            .formatted(url, port);
    start(program("otelcol"), "--config", Files.writeString(folder.resolve("o.yaml"), yaml) + "");
    return "http://127.0.0.1:" + port;
  }

  private String prometheus(String url) throws Exception {
    int port = freePort();
    start(
        program("prometheus"),
        "--agent",
        "--config.file=" + fetched(url, "prometheus", "refresh_interval: 2s, url"),
        "--storage.agent.path=" + folder.resolve("p"),
        "--web.listen-address=127.0.0.1:" + port);
    return "http://127.0.0.1:" + port;
  }

  private String vmagent(String url) throws Exception {
    int port = freePort();
    start(
        program("vmagent"),
        "-promscrape.config=" + fetched(url, "vmagent", "url"),
        "-promscrape.httpSDCheckInterval=2s",
        "-httpListenAddr=127.0.0.1:" + port,
        "-remoteWrite.url=http://127.0.0.1:9/",
        "-remoteWrite.tmpDataPath=" + folder.resolve("v"),
        "-promscrape.suppressScrapeErrors");
    return "http://127.0.0.1:" + port;
  }

  /** The configuration that a program gets from promdisco. */
  private Path fetched(String url, String collector, String key) throws Exception {
    String yaml = get(url + "/prometheus.yml?collector_id=" + collector).body();
    assertThat(yaml).contains("http_sd_configs:\n  - url: ");
    return Files.writeString(
        folder.resolve(collector + ".yml"),
        yaml.replaceFirst("- url: (.*)", "- {" + key + ": '$1'}"));
  }

  private static String program(String name) {
    return Path.of(CLIENTS, name).toString();
  }

  private Process start(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Files.createTempFile(folder, "log", ".txt").toFile())
            .start();
    closer.add(() -> process.destroyForcibly().waitFor());
    return process;
  }

  private Set<String> share(String url, String collector) throws Exception {
    String path = "/jobs/serviceMonitor%2Fns+a%2Fapp%2Bb%2F0/targets?collector_id=";
    Set<String> addresses = new HashSet<>();
    for (JsonNode group : new ObjectMapper().readTree(get(url + path + collector).body())) {
      group.get("targets").forEach(address -> addresses.add(address.asText()));
    }
    return addresses;
  }

  private Set<String> targets(String program) {
    Set<String> instances = new HashSet<>();
    try {
      Matcher instance = INSTANCE.matcher(get(program + "/api/v1/targets?state=active").body());
      while (instance.find()) {
        instances.add(instance.group(1));
      }
    } catch (IOException | InterruptedException e) {
      return Set.of(e.toString()); // It does not listen yet.
    }
    return instances;
  }

  private int status(String url) {
    try {
      return get(url).statusCode();
    } catch (IOException | InterruptedException e) {
      return 0; // It does not listen yet.
    }
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void until(String what, Supplier<Boolean> condition) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.get()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }
}
