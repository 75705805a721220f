package io.promdisco.cli.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.live.FakeMonitorServer;
import io.promdisco.offline.ManifestClientFactory;
import io.promdisco.offline.ManifestCluster;
import io.promdisco.offline.ManifestReader;
import io.promdisco.scrape.PoolView;
import io.promdisco.util.Closer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What 1,000 ServiceMonitors cost against one job over the same pods, and what a change of one
 * costs. {@code promdisco.monitors.pods} says how many pods there are, {@code
 * promdisco.monitors.strict=true} asks for the figures that are aimed at. Needs an idle machine.
 */
@Timeout(600)
@EnabledIfSystemProperty(
    named = "promdisco.monitors.pods",
    matches = "[0-9]+",
    disabledReason = "measures (run with -Dpromdisco.monitors.pods=50000)")
class MonitorFiguresTest {
  private static final int MONITORS = 1_000;
  private static final int NAMESPACES = 50;
  private static final int PODS = Integer.getInteger("promdisco.monitors.pods", 2_000);
  private static final boolean STRICT = Boolean.getBoolean("promdisco.monitors.strict");
  private static final int WARM_UP = 20;
  private static final int CHANGES = 30;

  private static final String ONE_JOB =
      """
      scrape_configs:
      - job_name: all
        kubernetes_sd_configs: [{role: endpointslice}]
        relabel_configs:
        - {source_labels: [__meta_kubernetes_endpointslice_port_name], regex: http, action: keep}
        - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
        - {source_labels: [__meta_kubernetes_service_name], target_label: service}
        - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
      """;

  private record Cold(double seconds, long megabytes) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.2f s, %d MB", seconds, megabytes);
    }
  }

  private static String namespace(int monitor) {
    return "ns-" + monitor % NAMESPACES;
  }

  private static String monitor(int number, String path) {
    return "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {namespace: "
        + namespace(number)
        + ", name: app-"
        + number
        + "}, spec: {selector: {matchLabels: {app: app-"
        + number
        + "}}, endpoints: [{port: http, path: "
        + path
        + "}]}}";
  }

  private static ObjectNode object(String yaml) {
    return ManifestReader.object(yaml);
  }

  private static ManifestCluster cluster() {
    List<ObjectNode> objects = new ArrayList<>();
    for (int app = 0; app < MONITORS; app++) {
      String meta = "namespace: " + namespace(app) + ", labels: {app: app-" + app;
      objects.add(
          object(
              "{apiVersion: v1, kind: Service, metadata: {name: app-"
                  + app
                  + ", "
                  + meta
                  + "}}, spec: {ports: [{name: http, port: 80}]}}"));
      StringBuilder endpoints = new StringBuilder();
      for (int pod = app; pod < PODS; pod += MONITORS) {
        String ip = "10." + (pod >> 16) + "." + (pod >> 8 & 255) + "." + (pod & 255);
        objects.add(
            object(
                "{apiVersion: v1, kind: Pod, metadata: {name: p-"
                    + pod
                    + ", "
                    + meta
                    + "}}, spec: {containers: [{name: c, ports: [{name: http, containerPort:"
                    + " 8080}]}]}, status: {phase: Running, podIP: "
                    + ip
                    + "}}"));
        endpoints
            .append(endpoints.length() == 0 ? "" : ", ")
            .append("{addresses: [")
            .append(ip)
            .append("], targetRef: {kind: Pod, namespace: ")
            .append(namespace(app))
            .append(", name: p-")
            .append(pod)
            .append("}}");
      }
      objects.add(
          object(
              "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4, metadata:"
                  + " {name: app-"
                  + app
                  + "-1, "
                  + meta
                  + ", kubernetes.io/service-name: app-"
                  + app
                  + "}}, ports: [{name: http, port: 8080}], endpoints: ["
                  + endpoints
                  + "]}"));
    }
    return new ManifestCluster(objects);
  }

  private static Promdisco promdisco(ManifestCluster cluster) {
    return Promdisco.builder()
        .kubernetesClients(ticker -> new ManifestClientFactory(cluster, Optional.empty()))
        .build();
  }

  private static long usedMegabytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
  }

  private static int active(Promdisco promdisco) {
    return promdisco.pools().stream()
        .map(PoolView::counts)
        .mapToInt(counts -> counts.active())
        .sum();
  }

  private static Cold oneJob(ManifestCluster cluster) throws Exception {
    long before = usedMegabytes();
    Configuration configuration =
        new ConfigLoader()
            .read("p.yml", ONE_JOB.getBytes(StandardCharsets.UTF_8), Path.of(""))
            .configuration()
            .orElseThrow();
    long begin = System.nanoTime();
    try (Promdisco promdisco = promdisco(cluster)) {
      promdisco.apply(configuration);
      assertThat(promdisco.awaitSynced(Duration.ofMinutes(2))).isTrue();
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertThat(active(promdisco)).isEqualTo(PODS);
      return new Cold(seconds, usedMegabytes() - before);
    }
  }

  /** Monitors that are followed, and the configurations that are in force. */
  private static final class Followed implements AutoCloseable {
    private final Closer closer = new Closer();
    final Promdisco promdisco;
    final BlockingQueue<Integer> applied = new LinkedBlockingQueue<>();

    Followed(ManifestCluster cluster, FakeMonitorServer server) throws Exception {
      promdisco = closer.add(promdisco(cluster));
      LiveMonitors live =
          closer.add(
              LiveMonitors.follow(
                  MonitorSettings.of(
                      object(
                          "{collector_namespace: m, prometheus_cr: {enabled: true,"
                              + " service_monitor_selector: {}}}")),
                  LiveMonitors.CLUSTER,
                  ticker -> config -> server,
                  Metrics.none()));
      live.onChange(
          () -> {
            Configuration now = live.joined(Configuration.of());
            promdisco.apply(now);
            applied.add(now.jobs().size());
          });
    }

    void await() throws InterruptedException {
      assertThat(applied.poll(2, TimeUnit.MINUTES)).isEqualTo(MONITORS);
      assertThat(promdisco.awaitSynced(Duration.ofMinutes(2))).isTrue();
    }

    @Override
    public void close() {
      closer.close();
    }
  }

  private static FakeMonitorServer server() {
    FakeMonitorServer server = new FakeMonitorServer();
    for (int i = 0; i < MONITORS; i++) {
      server.put(monitor(i, "/metrics"));
    }
    return server;
  }

  private static Cold monitors(ManifestCluster cluster) throws Exception {
    FakeMonitorServer server = server();
    long before = usedMegabytes();
    long begin = System.nanoTime();
    try (Followed followed = new Followed(cluster, server)) {
      followed.await();
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertThat(active(followed.promdisco)).isEqualTo(PODS);
      return new Cold(seconds, usedMegabytes() - before);
    }
  }

  @Test
  void aThousandMonitorsCostLittleMoreThanOneJobAndAChangeCostsLittle() throws Exception {
    ManifestCluster cluster = cluster();
    oneJob(cluster); // warms up
    monitors(cluster);
    Cold one = oneJob(cluster);
    Cold many = monitors(cluster);

    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    FakeMonitorServer server = server();
    List<Double> millis = new ArrayList<>();
    List<Double> cpuMillis = new ArrayList<>();
    try (Followed followed = new Followed(cluster, server)) {
      followed.await();
      for (int i = 0; i < WARM_UP + CHANGES; i++) {
        String changed = monitor(i, "/changed");
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        server.put(changed);
        followed.await();
        millis.add((System.nanoTime() - begin) / 1e6);
        cpuMillis.add((system.getProcessCpuTime() - cpu) / 1e6);
        assertThat(
                followed
                    .promdisco
                    .pool("serviceMonitor/" + namespace(i) + "/app-" + i + "/0")
                    .orElseThrow()
                    .activeTargets()
                    .get(0)
                    .scrapeUrl())
            .endsWith("/changed");
      }
    }
    millis.subList(0, WARM_UP).clear();
    cpuMillis.subList(0, WARM_UP).clear();
    Collections.sort(millis);
    Collections.sort(cpuMillis);
    System.out.printf(
        Locale.ROOT,
        "monitors: %d pods: one job %s; %d monitors %s; a changed one: %.1f ms (at most %.1f),"
            + " %.1f ms of CPU (median of %d)%n",
        PODS,
        one,
        MONITORS,
        many,
        millis.get(CHANGES / 2),
        millis.get(CHANGES - 1),
        cpuMillis.get(CHANGES / 2),
        CHANGES);
    if (STRICT) {
      assertThat(many.seconds).isLessThanOrEqualTo(1.3 * one.seconds);
      assertThat(many.megabytes).isLessThanOrEqualTo(13 * one.megabytes / 10);
      assertThat(millis.get(CHANGES - 1)).isLessThanOrEqualTo(200);
      assertThat(cpuMillis.get(CHANGES / 2)).isLessThanOrEqualTo(20);
    }
  }
}
