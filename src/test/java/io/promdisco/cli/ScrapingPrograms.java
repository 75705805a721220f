package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts {@code allocate} and the real programs that scrape what it gives them, and reads what they
 * have. The property {@code promdisco.realclients} names the folder of the programs.
 */
final class ScrapingPrograms implements AutoCloseable {
  private static final String CLIENTS = System.getProperty("promdisco.realclients", "");

  /** Well above what a program needs from an answer to its targets, 12.5 s. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Closer closer = new Closer();
  private final Path folder;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * Starts none yet.
   *
   * @param folder for their files
   */
  ScrapingPrograms(Path folder) {
    this.folder = folder;
  }

  /** Skips the test where there are no such programs. */
  static void require() {
    assumeTrue(Files.exists(Path.of(CLIENTS, "otelcol")) && !CLIENTS.isEmpty(), SkipReason.CLIENTS);
  }

  /** A program that has a share. Its id is that with which it asks. */
  final class Program {
    private final String id;
    private final String url;
    private final Process process;

    private Program(String id, int port, Process process) {
      this.id = id;
      this.url = "http://127.0.0.1:" + port;
      this.process = process;
    }

    String id() {
      return id;
    }

    /** Its active targets, as job, instance and URL; empty while it does not listen. */
    Set<String> targets() throws InterruptedException {
      try {
        return activeTargets(get(url + "/api/v1/targets?state=active").body());
      } catch (IOException e) {
        return Set.of();
      }
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  /** The active targets of Prometheus's document, as job, instance and URL. */
  static Set<String> activeTargets(String document) throws IOException {
    Set<String> targets = new TreeSet<>();
    for (JsonNode target : JSON.readTree(document).at("/data/activeTargets")) {
      targets.add(
          String.join(
              " ",
              target.at("/labels/job").asText(),
              target.at("/labels/instance").asText(),
              target.get("scrapeUrl").asText()));
    }
    return targets;
  }

  /** Starts {@code allocate}; it may not listen yet. */
  Process allocate(Path config) throws IOException {
    return start(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx256m",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "allocate",
        "--config-file=" + config);
  }

  /** A collector that asks the allocator every second. */
  Program otelcol(String allocator, String id) throws IOException {
    int port = freePort();
    String yaml =
        """
        receivers:
          prometheus:
            config: {scrape_configs: []}
            target_allocator:
              endpoint: %s
              interval: 1s
              collector_id: %s
              http_sd_config: {refresh_interval: 1s}
            api_server: {enabled: true, server_config: {endpoint: 127.0.0.1:%d}}
        exporters: {debug: {verbosity: basic}}
        service:
          telemetry: {metrics: {level: none}}
          pipelines: {metrics: {receivers: [prometheus], exporters: [debug]}}
        """
            .formatted(allocator, id, port);
    Path config = Files.writeString(folder.resolve(id + ".yaml"), yaml);
    return new Program(id, port, start(program("otelcol"), "--config", config.toString()));
  }

  /** A Prometheus with the configuration that the allocator gives it, which asks every second. */
  Program prometheus(String allocator, String id) throws IOException, InterruptedException {
    int port = freePort();
    return new Program(
        id,
        port,
        start(
            program("prometheus"),
            "--agent",
            "--config.file=" + fetched(allocator, id, "refresh_interval: 1s, url"),
            "--storage.agent.path=" + folder.resolve(id),
            "--web.listen-address=127.0.0.1:" + port));
  }

  /** A vmagent with the configuration that the allocator gives it, which asks every second. */
  Program vmagent(String allocator, String id) throws IOException, InterruptedException {
    int port = freePort();
    return new Program(
        id,
        port,
        start(
            program("vmagent"),
            "-promscrape.config=" + fetched(allocator, id, "url"),
            "-promscrape.httpSDCheckInterval=2s",
            "-httpListenAddr=127.0.0.1:" + port,
            "-remoteWrite.url=http://127.0.0.1:9/",
            "-remoteWrite.tmpDataPath=" + folder.resolve(id),
            "-promscrape.suppressScrapeErrors"));
  }

  private Path fetched(String allocator, String id, String key)
      throws IOException, InterruptedException {
    String yaml = get(allocator + "/prometheus.yml?collector_id=" + id).body();
    assertThat(yaml).contains("http_sd_configs:\n  - url: ");
    return Files.writeString(
        folder.resolve(id + ".yml"), yaml.replaceAll("- url: (.*)", "- {" + key + ": '$1'}"));
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
    Thread atExit = new Thread(process::destroyForcibly, "sd-child-end");
    Runtime.getRuntime().addShutdownHook(atExit);
    closer.add(
        () -> {
          process.destroyForcibly().waitFor();
          Runtime.getRuntime().removeShutdownHook(atExit);
        });
    return process;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The status of an answer; 0 if nobody listens. */
  int status(String url) throws InterruptedException {
    try {
      return get(url).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  HttpResponse<String> get(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Waits for what another process will do. */
  static void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      pause();
    }
  }

  /** The time between two looks at other processes. */
  static void pause() {
    LockSupport.parkNanos(PAUSE.toNanos());
  }

  /** Ends all. */
  @Override
  public void close() {
    closer.close();
  }
}
