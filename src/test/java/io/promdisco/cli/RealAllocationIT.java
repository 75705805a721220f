package io.promdisco.cli;

import static io.promdisco.cli.ScrapingPrograms.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.ScrapingPrograms.Program;
import io.promdisco.conformance.RestartableCluster;
import io.promdisco.testing.BreakableForwarder;
import io.promdisco.testing.SkipReason;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code allocate} on a real API server, with real programs as collectors, whose pods are found by
 * a selector. The property {@code promdisco.realcluster} names the program that runs the API
 * server, {@code promdisco.realclients} the folder of the others. Every target's address becomes a
 * closed port of the loopback address. Takes four minutes.
 */
@EnabledIfSystemProperty(
    named = "promdisco.realcluster",
    matches = ".+",
    disabledReason = SkipReason.API_SERVER)
@Timeout(600)
class RealAllocationIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PODS = 60;
  private static final int ENDPOINTS = 30;

  /** Polls of 1 s, and what a collector needs to act on an answer, 12.5 s. */
  private static final Duration TAKEN_OVER = Duration.ofSeconds(14);

  private static final String SCRAPE_CONFIGS =
      """
      global: {scrape_interval: 5s, scrape_timeout: 1s}
      scrape_configs:
      - job_name: pods
        kubernetes_sd_configs: [{role: pod, kubeconfig_file: %1$s, namespaces: {names: [shop]}}]
        relabel_configs: &closed
        - {source_labels: [__address__], target_label: instance}
        - {target_label: __address__, replacement: '127.0.0.1:9'}
      - job_name: serviceMonitor/shop/web/0
        kubernetes_sd_configs:
        - {role: endpointslice, kubeconfig_file: %1$s, namespaces: {names: [shop]}}
        relabel_configs: *closed
      """;

  private static final String ALLOCATION =
      """
      listen_addr: 127.0.0.1:%d
      kube_config_file_path: %s
      collector_namespace: otel
      collector_selector: {matchlabels: {app: collector}}
      collector_not_ready_grace_period: 2s
      config:
      %s""";

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();
  private final Map<String, Double> losses = new LinkedHashMap<>();
  private final Map<Program, Set<String>> expected = new LinkedHashMap<>();
  private RestartableCluster cluster;
  private BreakableForwarder gate;
  private ScrapingPrograms programs;
  private String url = "";

  @BeforeEach
  void start() throws Exception {
    ScrapingPrograms.require();
    cluster =
        closer.add(
            new RestartableCluster(
                Path.of(System.getProperty("promdisco.realcluster")),
                Files.createDirectories(folder.resolve("data"))));
    gate = closer.add(new BreakableForwarder(cluster.port));
    programs = closer.add(new ScrapingPrograms(folder));
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, cluster.kubeconfig("kubeconfig", gate.port()));
    String jobs = SCRAPE_CONFIGS.formatted(kubeconfig);
    Files.writeString(folder.resolve("p.yml"), jobs);
    int port = ScrapingPrograms.freePort();
    url = "http://127.0.0.1:" + port;
    Files.writeString(config(), ALLOCATION.formatted(port, kubeconfig, jobs.indent(2)));
    fill();
  }

  @AfterEach
  void stop() {
    closer.close();
  }

  private Path config() {
    return folder.resolve("ta.yaml");
  }

  private void fill() throws Exception {
    for (String namespace : List.of("otel", "shop")) {
      create("/api/v1/namespaces", "Namespace", namespace, "\"kind\":\"Namespace\"");
    }
    List<String> endpoints = new ArrayList<>();
    for (int i = 1; i <= PODS; i++) {
      pod("shop", "web-" + i, "web", "10.20.0." + i, true);
    }
    for (int i = 1; i <= ENDPOINTS; i++) {
      endpoints.add(
          "{\"addresses\":[\"10.20.0.%d\"],\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"shop\",\"name\":\"web-%d\"}}"
              .formatted(i, i));
    }
    create(
        "/api/v1/namespaces/shop/services",
        "Service",
        "web",
        "\"spec\":{\"ports\":[{\"port\":80}]}");
    cluster.ask(
        "POST",
        "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices",
        """
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
         "metadata":{"name":"web-1","labels":{"kubernetes.io/service-name":"web"}},
         "endpoints":[%s],"ports":[{"name":"metrics","port":9090}]}
        """
            .formatted(String.join(",", endpoints)));
  }

  private void create(String path, String kind, String name, String more) throws Exception {
    cluster.ask(
        "POST",
        path,
        "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"},%s}"
            .formatted(kind, name, more));
  }

  private void pod(String namespace, String name, String app, String ip, boolean ready)
      throws Exception {
    cluster.ask(
        "POST",
        "/api/v1/namespaces/" + namespace + "/pods",
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"%s"}},
         "spec":{"nodeName":"n1",
                 "containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}
        """
            .formatted(name, app));
    status(namespace, name, ip, ready);
  }

  private void status(String namespace, String name, String ip, boolean ready) throws Exception {
    cluster.ask(
        "PATCH",
        "/api/v1/namespaces/" + namespace + "/pods/" + name + "/status",
        """
        {"status":{"phase":"Running","podIP":"%1$s","podIPs":[{"ip":"%1$s"}],
                   "conditions":[{"type":"Ready","status":"%2$s"}]}}
        """
            .formatted(ip, ready ? "True" : "False"));
  }

  private void delete(String namespace, String pod) throws Exception {
    cluster.ask(
        "DELETE", "/api/v1/namespaces/" + namespace + "/pods/" + pod + "?gracePeriodSeconds=0", "");
  }

  private void collector(String name) throws Exception {
    pod("otel", name, "collector", "10.30.0.1", true);
  }

  /** What {@code promdisco targets} prints. */
  private Set<String> printed() throws IOException {
    Cli cli = new Cli(folder);
    String file = folder.resolve("p.yml").toString();
    assertThat(cli.run("targets", file, "-o", "prometheus")).as(cli.err()).isZero();
    return ScrapingPrograms.activeTargets(cli.out());
  }

  /** The share that {@code allocate} gives a collector, as a program shows it. */
  private Set<String> share(String collector) throws Exception {
    Set<String> share = new TreeSet<>();
    for (String job : List.of("pods", "serviceMonitor/shop/web/0")) {
      String path = "/jobs/" + job.replace("/", "%2F") + "/targets?collector_id=" + collector;
      for (JsonNode group : JSON.readTree(programs.get(url + path).body())) {
        for (JsonNode address : group.get("targets")) {
          share.add(job + " " + address.asText() + " http://127.0.0.1:9/metrics");
        }
      }
    }
    return share;
  }

  private void untilReady() throws Exception {
    watchUntil("allocate is ready", () -> programs.status(url + "/readyz") == 200);
  }

  /** Each target is in one program, and in no other. */
  private void untilSharedAmong(String what, List<Program> collectors) throws Exception {
    Set<String> wanted = printed();
    assertThat(wanted).isNotEmpty();
    until(
        what,
        () -> {
          Set<String> union = new TreeSet<>();
          int sum = 0;
          boolean all = true;
          for (Program program : collectors) {
            Set<String> targets = program.targets();
            union.addAll(targets);
            sum += targets.size();
            all &= !targets.isEmpty();
          }
          return all && union.equals(wanted) && sum == wanted.size();
        });
    for (Program program : collectors) {
      assertThat(program.targets()).as(program.id()).isEqualTo(share(program.id())).isNotEmpty();
    }
  }

  @Test
  void eachProgramHasItsShareAndTogetherTheyHaveWhatTargetsPrints() throws Exception {
    for (String name : List.of("otelcol", "prometheus", "vmagent")) {
      collector(name);
    }
    pod("otel", "other", "web", "10.30.0.2", true);
    pod("otel", "pending", "collector", "10.30.0.3", false);
    programs.allocate(config());
    untilReady();
    Program otelcol = programs.otelcol(url, "otelcol");
    Program prometheus = programs.prometheus(url, "prometheus");
    Program vmagent = programs.vmagent(url, "vmagent");
    List<Program> all = List.of(otelcol, prometheus, vmagent);
    untilSharedAmong("three programs", all);
    // A pod of a slice has a target for the port of the slice, and one for its own.
    assertThat(printed()).hasSize(PODS + 2 * ENDPOINTS);
    assertThat(share("other")).isEmpty();
    assertThat(programs.get(url + "/metrics").body())
        .contains("opentelemetry_allocator_collectors_discovered 4.0")
        .contains(
            "opentelemetry_allocator_collectors_allocatable{strategy=\"consistent-hashing\",} 3.0");

    pod("shop", "new", "web", "10.20.9.9", true);
    delete("shop", "web-1");
    until("a new pod", () -> printed().stream().anyMatch(line -> line.contains("10.20.9.9:80")));
    untilSharedAmong("a pod more and one less", all);

    vmagent.kill();
    delete("otel", "vmagent");
    untilSharedAmong("a collector less", List.of(otelcol, prometheus));

    collector("second");
    Program second = programs.otelcol(url, "second");
    untilSharedAmong("a collector more", List.of(otelcol, prometheus, second));
  }

  @Test
  void noCollectorLosesATargetWhateverHappensToPromdisco() throws Exception {
    collector("collector-0");
    collector("collector-1");
    gate.shut();
    Process allocate = programs.allocate(config());
    List<Program> collectors =
        List.of(programs.otelcol(url, "collector-0"), programs.otelcol(url, "collector-1"));
    until("503", () -> programs.status(url + "/scrape_configs") == 503);
    for (Program collector : collectors) {
      assertThat(collector.targets()).isEmpty();
    }
    gate.open();
    untilReady();
    untilSharedAmong("started before promdisco had synced", collectors);
    for (Program collector : collectors) {
      expected.put(collector, collector.targets());
    }

    cluster.kill();
    watch("API server away", TAKEN_OVER);
    assertThat(programs.status(url + "/readyz")).isEqualTo(200);
    CompletableFuture<Void> started = CompletableFuture.runAsync(this::startCluster);
    watchUntil("API server starts", started::isDone);
    started.join();
    watch("API server back", TAKEN_OVER);

    String good = Files.readString(config());
    Files.writeString(config(), good.replace("role: pod", "role: pot"));
    watchUntil("bad reload", () -> reloadSuccessful(0));
    watch("after a bad reload", TAKEN_OVER);
    Files.writeString(config(), good);
    watchUntil("good reload", () -> reloadSuccessful(1));

    allocate.destroyForcibly().waitFor();
    watch("promdisco killed", Duration.ofSeconds(3));
    allocate = programs.allocate(config());
    untilReady();
    watch("promdisco started", TAKEN_OVER);

    gate.shut();
    allocate.destroyForcibly().waitFor();
    allocate = programs.allocate(config());
    watchUntil("503", () -> programs.status(url + "/scrape_configs") == 503);
    watch("promdisco started, API server away", TAKEN_OVER);
    gate.open();
    untilReady();
    watch("promdisco has synced", TAKEN_OVER);

    for (Program collector : collectors) {
      status("otel", collector.id(), "10.30.0.1", false);
    }
    watch("all collectors not ready, but asking", TAKEN_OVER);

    System.out.println("lost target-seconds: " + losses);
    assertThat(losses.values()).as("%s", losses).allMatch(lost -> lost == 0);
    expected.forEach((collector, targets) -> assertThat(targets).isEqualTo(targetsOf(collector)));

    expected.clear();
    for (Program collector : collectors) {
      collector.kill();
      delete("otel", collector.id());
    }
    until(
        "all collectors gone",
        () ->
            programs
                .get(url + "/metrics")
                .body()
                .contains("opentelemetry_allocator_collectors_discovered 0.0"));
    List<Program> others = new ArrayList<>();
    for (String name : List.of("collector-0", "collector-2")) {
      collector(name);
      others.add(programs.otelcol(url, name));
    }
    untilSharedAmong("collectors are back", others);
    assertThat(allocate.isAlive()).isTrue();
  }

  private void startCluster() {
    try {
      cluster.start();
    } catch (Exception e) {
      throw new AssertionError("the API server did not start", e);
    }
  }

  private boolean reloadSuccessful(int value) throws Exception {
    return programs
        .get(url + "/metrics")
        .body()
        .contains("\nprometheus_config_last_reload_successful " + value + ".0");
  }

  private static Set<String> targetsOf(Program collector) {
    try {
      return collector.targets();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void watch(String phase, Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    watchUntil(phase, () -> System.nanoTime() - end >= 0);
  }

  /** Looks at what the collectors have until the condition holds, and adds up what they lack. */
  private void watchUntil(String phase, Callable<Boolean> condition) throws Exception {
    long[] looked = {System.nanoTime()};
    if (!expected.isEmpty()) {
      losses.merge(phase, 0.0, Double::sum);
    }
    until(
        phase,
        () -> {
          Map<String, Integer> missing = new TreeMap<>();
          for (Map.Entry<Program, Set<String>> each : expected.entrySet()) {
            Set<String> lost = new TreeSet<>(each.getValue());
            lost.removeAll(each.getKey().targets());
            missing.put(each.getKey().id(), lost.size());
          }
          long now = System.nanoTime();
          double seconds = (now - looked[0]) / 1e9;
          missing.values().forEach(n -> losses.merge(phase, n * seconds, Double::sum));
          looked[0] = now;
          return condition.call();
        });
  }
}
