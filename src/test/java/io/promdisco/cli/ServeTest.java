package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.promdisco.Promdisco;
import io.promdisco.cli.output.Console;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.scrape.Target;
import io.promdisco.server.PromdiscoServer;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.CapturedLog;
import io.prometheus.client.CollectorRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
  @TempDir private Path folder = Path.of("");

  private static String job(String name, String target) {
    return "- job_name: " + name + "\n  static_configs: [{targets: ['" + target + "']}]\n";
  }

  @Test
  void aReloadOfOneJobTouchesNoOtherWatch() throws Exception {
    SimCluster cluster = new SimCluster();
    try (SimApiServer server = SimApiServer.start(cluster);
        Promdisco promdisco = Promdisco.builder().build()) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      String kubernetes =
          """
          - job_name: pods
            kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
          """;
      Path file = folder.resolve("p.yml");
      Files.writeString(file, "scrape_configs:\n" + kubernetes + job("a", "h:1"));
      promdisco.apply(new ConfigLoader().load(file));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
      int requests = server.requests().size();

      Files.writeString(file, "scrape_configs:\n" + kubernetes + job("a", "h:2"));
      promdisco.apply(new ConfigLoader().load(file));

      eventually(
          () ->
              assertThat(promdisco.pool("a").orElseThrow().activeTargets())
                  .extracting(Target::scrapeUrl)
                  .containsExactly("http://h:2/metrics"));
      assertThat(server.requests()).hasSize(requests);
    }
  }

  @Test
  void aSourceThatFailsIsALineWhenItBreaksAndOneWhenItWorksAgain() throws Exception {
    CollectorRegistry registry = new CollectorRegistry();
    try (SimApiServer server = SimApiServer.start(new SimCluster());
        CapturedLog log = new CapturedLog();
        Promdisco promdisco =
            Promdisco.builder().metrics(new PrometheusMetrics(registry)).build()) {
      server.writeKubeconfig(folder.resolve("kubeconfig"));
      Path file = folder.resolve("p.yml");
      Files.writeString(
          file,
          """
          scrape_configs:
          - job_name: pods
            kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
          """);
      promdisco.apply(new ConfigLoader().load(file));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();

      server.stopListening();
      eventually(() -> assertThat(failures(registry)).isGreaterThanOrEqualTo(3));
      server.listenAgain();
      eventually(() -> assertThat(log.lines("works again")).hasSize(1));
      assertThat(log.lines("WARN")).singleElement().asString().contains("pods", "next try in");
    }
  }

  /** A running server for a configuration, and a client that reads its answers. */
  private final class Serving implements AutoCloseable {
    private final CollectorRegistry registry = new CollectorRegistry();
    private final PrometheusMetrics metrics = new PrometheusMetrics(registry);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
    private final Path file = folder.resolve("served.yml");
    private final PromdiscoServer server;

    Serving(String yaml) throws Exception {
      Files.writeString(file, yaml);
      server =
          PromdiscoServer.builder()
              .listen("127.0.0.1", 0)
              .configFile(file)
              .metrics(metrics)
              .start(promdisco);
    }

    void reload(String yaml) throws Exception {
      Files.writeString(file, yaml);
      server.reload();
    }

    HttpResponse<String> get(String path) throws Exception {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.url() + path))
              .timeout(Duration.ofSeconds(20))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    void becomes(int status, String path) {
      eventually(() -> assertThat(get(path).statusCode()).as(path).isEqualTo(status));
    }

    @Override
    public void close() {
      server.close();
      promdisco.close();
    }
  }

  @Test
  void anUnreachableClusterDelaysOnlyItsOwnJobs() throws Exception {
    SimCluster cluster = new SimCluster();
    try (SimApiServer dead = SimApiServer.start(cluster);
        SimApiServer alive = SimApiServer.start(cluster)) {
      dead.stopListening();
      dead.writeKubeconfig(folder.resolve("dead"));
      alive.writeKubeconfig(folder.resolve("alive"));
      String job = "- {job_name: %s, kubernetes_sd_configs: [{role: pod, kubeconfig_file: %s}]}\n";
      StringBuilder yaml = new StringBuilder("scrape_configs:\n");
      yaml.append(job("fixed", "h:1"));
      yaml.append(job.formatted("dead", "dead")).append(job.formatted("alive", "alive"));
      try (Serving serving = new Serving(yaml.toString())) {
        serving.becomes(200, "/http-sd/alive");
        serving.becomes(200, "/http-sd/fixed");
        eventually(
            () ->
                assertThat(serving.get("/http-sd/dead").body())
                    .startsWith("incomplete: job dead: kubernetes/0: http://127.0.0.1:")
                    .contains(" pods: cannot connect"));
        assertThat(serving.get("/http-sd/dead").statusCode()).isEqualTo(503);
        assertThat(serving.get("/-/ready").body())
            .startsWith("job dead: kubernetes/0: http://127.0.0.1:");
        assertThat(serving.get("/-/ready?job=alive").statusCode()).isEqualTo(200);
        assertThat(serving.get("/api/v1/targets").body()).contains("\"incomplete: job dead: ");

        dead.listenAgain();
        serving.becomes(200, "/http-sd/dead");
        serving.becomes(200, "/-/ready");
        alive.stopListening();
        dead.stopListening();
        eventually(
            () -> assertThat(serving.get("/api/v1/targets").body()).contains("cannot connect"));
        assertThat(serving.get("/http-sd/dead").statusCode()).isEqualTo(200);
        assertThat(serving.get("/-/ready").statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void whileItIsReloadedEachAnswerIsOfOneConfiguration() throws Exception {
    String yaml =
        """
        scrape_configs:
        - job_name: web
          static_configs: [{targets: [%1$s1:1, %1$s2:1, %1$s3:1], labels: {source: %1$s}}]
          relabel_configs: [{target_label: rule, replacement: %1$s}]
        """;
    Set<String> answers = ConcurrentHashMap.newKeySet();
    AtomicBoolean ended = new AtomicBoolean();
    try (Serving serving = new Serving(yaml.formatted("a"))) {
      CompletableFuture<Void> reading =
          CompletableFuture.runAsync(
              () -> {
                while (!ended.get()) {
                  try {
                    HttpResponse<String> answer = serving.get("/http-sd/web?relabeled=true");
                    if (answer.statusCode() == 200) {
                      answers.add(answer.body());
                    }
                  } catch (Exception e) {
                    throw new CompletionException(e);
                  }
                }
              });
      for (int i = 0; i < 100; i++) {
        serving.reload(yaml.formatted(i % 2 == 0 ? "b" : "a"));
        if (i % 10 == 0) {
          serving.becomes(200, "/http-sd/web"); // Otherwise none might be answered.
        }
      }
      ended.set(true);
      reading.get(20, TimeUnit.SECONDS);
    }
    assertThat(answers).hasSizeLessThanOrEqualTo(2).isNotEmpty();
    for (String answer : answers) {
      String name = answer.contains("\"a1:1\"") ? "a" : "b";
      assertThat(answer)
          .contains("[\"%1$s1:1\",\"%1$s2:1\",\"%1$s3:1\"]".formatted(name))
          .contains("\"rule\":\"" + name + "\"", "\"source\":\"" + name + "\"");
    }
  }

  @Test
  void aReloadRemovesJobsImmediatelyAndAddsJobsWhenTheyAreComplete() throws Exception {
    String a = "scrape_configs:\n" + job("a", "h:1");
    try (Serving serving = new Serving(a)) {
      serving.becomes(200, "/http-sd/a");
      assertThat(serving.get("/http-sd/b").statusCode()).isEqualTo(404);
      serving.reload("scrape_configs:\n" + job("b", "h:1"));
      assertThat(serving.get("/http-sd/a").statusCode()).isEqualTo(404);
      assertThat(serving.get("/http-sd/b").statusCode()).isIn(200, 503);
      serving.becomes(200, "/http-sd/b");
      assertThat(serving.get("/http-sd/b").body()).contains("h:1");
    }
  }

  @Test
  void jobsAreRefusedOnceDiscoveryHasEnded() throws Exception {
    try (Serving serving = new Serving("scrape_configs:\n" + job("a", "h:1"))) {
      serving.becomes(200, "/http-sd/a");
      serving.promdisco.close();
      HttpResponse<String> answer = serving.get("/http-sd/a");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("incomplete: job a: promdisco is shutting down\n");
      assertThat(serving.get("/-/ready").statusCode()).isEqualTo(503);
      assertThat(serving.get("/api/v1/targets").body()).contains("\"incomplete: job a: ");
    }
  }

  private static double failures(CollectorRegistry registry) {
    return Collections.list(registry.metricFamilySamples()).stream()
        .flatMap(family -> family.samples.stream())
        .filter(sample -> sample.name.equals("promdisco_kubernetes_watch_failures_total"))
        .mapToDouble(sample -> sample.value)
        .sum();
  }

  @Test
  void handlesSighupBeforeTheConfigurationIsRead() {
    Object before = Signals.register("HUP", () -> {});
    // Java does not handle a signal that was ignored when it started, for example by nohup.
    assumeThat(before).asString().isNotEqualTo("SIG_IGN");
    try {
      Object mine = Signals.register("HUP", () -> {});
      Signals.unregister("HUP", mine);

      Main.run(Console.system(), "serve", folder.resolve("missing.yml").toString());

      assertThat(Signals.register("HUP", () -> {})).isNotNull().isNotSameAs(mine);
    } finally {
      Signals.unregister("HUP", before);
    }
  }
}
