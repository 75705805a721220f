package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.Promdisco;
import io.promdisco.allocator.Allocator;
import io.promdisco.allocator.AllocatorConfigReader;
import io.promdisco.config.ConfigException;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.ExpectsErrors;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No collector ever loses a target because of promdisco, whatever happens to it. */
@Timeout(90)
class AllocatorWeatherTest {
  private static final String FILE =
      """
      kube_config_file_path: kubeconfig
      collector_namespace: otel
      collector_selector: {matchlabels: {app: collector}}
      config:
        scrape_configs:
        - job_name: pods
          kubernetes_sd_configs:
          - {role: pod, kubeconfig_file: kubeconfig, namespaces: {names: [shop]}}
      """;

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();
  private final SimCluster cluster = new SimCluster();
  private final ManualTicker ticker = new ManualTicker();
  private final List<ScriptedCollector> collectors =
      List.of(new ScriptedCollector("collector-0"), new ScriptedCollector("collector-1"));
  private final HttpClient http = HttpClient.newHttpClient();
  private final SimApiServer api = closer.add(SimApiServer.start(cluster));
  private @Nullable Closer running;
  private @Nullable PromdiscoServer server;

  @BeforeEach
  void fill() throws IOException {
    api.writeKubeconfig(folder.resolve("kubeconfig"));
    Files.writeString(folder.resolve("ta.yaml"), FILE);
    for (int i = 0; i < 40; i++) {
      cluster.create(pod("shop", "web-" + i, "web", "10.0.0." + i));
    }
    cluster.create(pod("otel", "collector-0", "collector", "10.1.0.1"));
    cluster.create(pod("otel", "collector-1", "collector", "10.1.0.2"));
  }

  @AfterEach
  void stop() {
    stopAllocator();
    closer.close();
  }

  private static ObjectNode pod(String namespace, String name, String app, String ip)
      throws IOException {
    return (ObjectNode)
        new ObjectMapper()
            .readTree(
                """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "%2$s", "namespace": "%1$s", "labels": {"app": "%3$s"}},
                 "spec": {"nodeName": "n1",
                          "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 9}]}]},
                 "status": {"phase": "Running", "podIP": "%4$s",
                            "conditions": [{"type": "Ready", "status": "True"}]}}
                """
                    .formatted(namespace, name, app, ip));
  }

  private AllocatorConfigReader.Result read(Path file) {
    return new AllocatorConfigReader(new ConfigLoader(), name -> null).read(file);
  }

  private void startAllocator() throws Exception {
    Closer parts = new Closer();
    running = parts;
    Path file = folder.resolve("ta.yaml");
    AllocatorConfigReader.Result result = read(file);
    Promdisco promdisco = parts.add(Promdisco.builder().build());
    Allocator allocator =
        parts.add(
            new Allocator(
                result.settings().orElseThrow(),
                promdisco,
                ticker,
                ApiServerClientFactory::new,
                () -> ""));
    server =
        parts.add(
            PromdiscoServer.builder()
                .listen("127.0.0.1", server == null ? 0 : server.port())
                .configFile(file)
                .configReader(changed -> read(changed).scraping())
                .configuration(result.scraping().configuration().orElseThrow())
                .allocator(allocator)
                .start(promdisco));
  }

  private void stopAllocator() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  private String url() {
    return server == null ? "" : server.url();
  }

  private int status(String path) throws Exception {
    return get(path).statusCode();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void awaitReady() {
    eventually(
        () -> {
          ticker.advance(Duration.ofMillis(100)); // The watch of the collectors waits by it.
          assertThat(status("/readyz")).isEqualTo(200);
        });
  }

  private void poll() throws InterruptedException {
    for (ScriptedCollector collector : collectors) {
      collector.poll(url());
    }
  }

  private List<Set<String>> shares() {
    List<Set<String>> shares = new ArrayList<>();
    collectors.forEach(collector -> shares.add(collector.targets("pods")));
    return shares;
  }

  private static int all(List<Set<String>> shares) {
    Set<String> all = new TreeSet<>();
    shares.forEach(all::addAll);
    return all.size();
  }

  private List<Set<String>> startWithShares() throws Exception {
    startAllocator();
    awaitReady();
    poll();
    List<Set<String>> shares = shares();
    assertThat(all(shares)).isEqualTo(40);
    assertThat(shares).allSatisfy(share -> assertThat(share).isNotEmpty());
    assertThat(shares.get(0)).doesNotContainAnyElementsOf(shares.get(1));
    return shares;
  }

  @Test
  void untilEverythingIsKnownNothingIsSaid() throws Exception {
    api.stopListening();
    startAllocator();
    poll();
    assertThat(collectors.get(0).targets("pods")).isEmpty();
    assertThat(status("/scrape_configs")).isEqualTo(503);
    assertThat(get("/scrape_configs").body()).startsWith("[\"").endsWith("\"]");
    assertThat(status("/jobs")).isEqualTo(503);
    assertThat(status("/jobs/pods/targets?collector_id=collector-0")).isEqualTo(503);
    assertThat(status("/jobs/pods/targets?collector_id=nobody")).isEqualTo(503);
    assertThat(status("/prometheus.yml?collector_id=collector-0")).isEqualTo(503);
    assertThat(status("/livez")).isEqualTo(200);
    assertThat(status("/readyz")).isEqualTo(503);
    api.listenAgain();
    awaitReady();
    poll();
    assertThat(all(shares())).isEqualTo(40);
  }

  @Test
  void aRestartMovesAndLosesNothing() throws Exception {
    List<Set<String>> before = startWithShares();
    stopAllocator();
    poll();
    assertThat(shares()).isEqualTo(before);
    api.stopListening();
    startAllocator();
    poll();
    assertThat(shares()).isEqualTo(before);
    api.listenAgain();
    awaitReady();
    poll();
    assertThat(shares()).isEqualTo(before);
  }

  @Test
  void withoutTheApiServerEverythingStays() throws Exception {
    List<Set<String>> before = startWithShares();
    api.stopListening();
    ticker.advance(Duration.ofHours(1));
    poll();
    assertThat(shares()).isEqualTo(before);
    assertThat(status("/readyz")).isEqualTo(200);
  }

  @Test
  @ExpectsErrors("the reload is refused")
  void aBadReloadChangesNothing() throws Exception {
    List<Set<String>> before = startWithShares();
    Files.writeString(folder.resolve("ta.yaml"), FILE.replace("role: pod", "role: pot"));
    assertThatThrownBy(() -> reload()).isInstanceOf(ConfigException.class);
    poll();
    assertThat(shares()).isEqualTo(before);
  }

  private void reload() throws ConfigException {
    if (server != null) {
      server.reload();
    }
  }

  @Test
  void aSourceThatIsNewAndAwayConcernsItsJobOnly() throws Exception {
    List<Set<String>> before = startWithShares();
    Files.writeString(
        folder.resolve("ta.yaml"),
        FILE + "  - job_name: late\n    http_sd_configs: [{url: 'http://127.0.0.1:9/'}]\n");
    reload();
    poll();
    assertThat(shares()).isEqualTo(before);
    assertThat(status("/readyz")).isEqualTo(200);
    assertThat(get("/scrape_configs").body()).contains("\"late\"");
    assertThat(status("/jobs/late/targets?collector_id=collector-0")).isEqualTo(503);
  }

  @Test
  void aNewTargetIsInItsShareAndADeletedOneIsNot() throws Exception {
    startWithShares();
    cluster.create(pod("shop", "new", "web", "10.0.9.9"));
    cluster.delete(pod("shop", "web-7", "web", ""));
    eventually(
        () -> {
          poll();
          assertThat(shares()).anyMatch(share -> share.contains("10.0.9.9:9"));
          assertThat(shares()).noneMatch(share -> share.contains("10.0.0.7:9"));
        });
  }

  @Test
  void aNewCollectorTakesItsShareFromTheOthersWithoutAGap() throws Exception {
    List<Set<String>> before = startWithShares();
    cluster.create(pod("otel", "collector-2", "collector", "10.1.0.3"));
    ScriptedCollector third = new ScriptedCollector("collector-2");
    eventually(
        () -> assertThat(status("/jobs/pods/targets?collector_id=collector-2")).isEqualTo(503));
    ticker.advance(Duration.ofSeconds(5));
    third.poll(url());
    poll();
    assertThat(third.targets("pods")).isNotEmpty();
    assertThat(shares()).isEqualTo(before);
    // Until the third asks (10 s), acts on the answer (15 s) and has scraped (1 m).
    ticker.advance(Duration.ofSeconds(84));
    poll();
    assertThat(shares()).isEqualTo(before);
    ticker.advance(Duration.ofSeconds(1));
    third.poll(url());
    poll();
    List<Set<String>> after = shares();
    after.add(third.targets("pods"));
    assertThat(all(after)).isEqualTo(40);
    assertThat(after.stream().mapToInt(Set::size).sum()).isEqualTo(40);
  }

  @Test
  void theTargetsOfADeletedCollectorMoveAndAllMayBeGone() throws Exception {
    startWithShares();
    cluster.delete(pod("otel", "collector-1", "collector", ""));
    eventually(
        () -> {
          ticker.advance(Duration.ofSeconds(5));
          collectors.get(0).poll(url());
          assertThat(collectors.get(0).targets("pods")).hasSize(40);
        });
    cluster.delete(pod("otel", "collector-0", "collector", ""));
    eventually(
        () -> {
          ticker.advance(Duration.ofSeconds(5));
          assertThat(get("/metrics").body())
              .contains("opentelemetry_allocator_targets_unassigned 40.0");
        });
    cluster.create(pod("otel", "collector-9", "collector", "10.1.0.9"));
    ScriptedCollector last = new ScriptedCollector("collector-9");
    eventually(
        () -> {
          last.poll(url());
          assertThat(last.targets("pods")).hasSize(40);
        });
  }

  @Test
  void tenThousandCollectorsAreServed() throws Exception {
    startWithShares();
    String allocatable =
        "opentelemetry_allocator_collectors_allocatable{strategy=\"consistent-hashing\",} 10002.0";
    for (int i = 0; i < 10_000; i++) {
      cluster.create(pod("otel", "more-" + i, "collector", "10.2.0.1"));
    }
    eventually(
        () -> {
          ticker.advance(Duration.ofSeconds(5));
          assertThat(get("/metrics").body().contains(allocatable)).isTrue();
        });
    assertThat(get("/metrics").body()).contains("opentelemetry_allocator_targets_unassigned 0.0");
  }

  @Test
  void aCollectorThatAsksWithoutPauseDelaysNoOther() throws Exception {
    startWithShares();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/jobs/pods/targets?collector_id=collector-0"))
            .build();
    String first = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    AtomicInteger answers = new AtomicInteger();
    AtomicBoolean end = new AtomicBoolean();
    List<CompletableFuture<Void>> asking = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      asking.add(
          CompletableFuture.runAsync(
              () -> {
                while (!end.get() || answers.get() < 1000) {
                  HttpResponse<String> answer =
                      http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
                  assertThat(answer.statusCode()).isEqualTo(200);
                  assertThat(answer.body()).isEqualTo(first);
                  answers.incrementAndGet();
                }
              },
              task -> new Thread(task, "asking").start()));
    }
    try {
      for (int i = 0; i < 50; i++) {
        ScriptedCollector other = new ScriptedCollector("collector-1");
        other.poll(url());
        assertThat(other.targets("pods")).isEqualTo(shares().get(1));
      }
    } finally {
      end.set(true);
      CompletableFuture.allOf(asking.toArray(new CompletableFuture<?>[0])).join();
    }
    assertThat(answers.get()).isGreaterThanOrEqualTo(1000);
  }

  @Test
  void twoProgramsOfOneNameGetTheSameShare() throws Exception {
    List<Set<String>> before = startWithShares();
    ScriptedCollector twin = new ScriptedCollector("collector-0");
    for (int i = 0; i < 3; i++) {
      ticker.advance(Duration.ofSeconds(20));
      twin.poll(url());
      poll();
      assertThat(twin.targets("pods")).isEqualTo(before.get(0));
      assertThat(shares()).isEqualTo(before);
    }
  }

  @Test
  void anUnknownProgramGetsNothingAndChangesNothing() throws Exception {
    List<Set<String>> before = startWithShares();
    ScriptedCollector unknown = new ScriptedCollector("nobody");
    for (int i = 0; i < 3; i++) {
      unknown.poll(url());
      ticker.advance(Duration.ofSeconds(20));
      poll();
      assertThat(unknown.targets("pods")).isEmpty();
      assertThat(shares()).isEqualTo(before);
    }
    assertThat(get("/metrics").body())
        .contains("opentelemetry_allocator_collectors_discovered 2.0");
  }
}
