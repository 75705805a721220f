package io.promdisco.cli.bench;

import io.promdisco.sim.ManyPodsCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures {@code serve} in a separate process, with a simulated API server in another one.
 *
 * @param pods the number of pods on the server
 * @param jobs the number of jobs; each discovers all pods and keeps those of one namespace
 * @param keeping the number of jobs whose namespace exists
 * @param folder a folder for files, not used otherwise
 */
record Benchmark(int pods, int jobs, int keeping, Path folder) {
  private static final Pattern LISTENS = Pattern.compile("promdisco listens on (http\\S+)");
  private static final String ACTIVE = "prometheus_target_scrape_pool_targets{";
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration LONGEST_CHANGE = Duration.ofMinutes(1);
  private static final Duration STEP = Duration.ofMillis(20);
  private static final Duration SHORT_STEP = Duration.ofMillis(2);
  private static final Duration BETWEEN_PROBES = Duration.ofMillis(100);

  /** Starts the server with its pods, and waits until it is ready. */
  ChildJvm startServer() throws IOException, InterruptedException {
    ChildJvm server =
        ChildJvm.start(
            "the simulated API server",
            folder.resolve("server.log"),
            List.of("-XX:+UseSerialGC"),
            "bench-server",
            "--pods",
            Integer.toString(pods),
            "--folder",
            folder.toString());
    try {
      Path kubeconfig = folder.resolve(BenchServerCommand.KUBECONFIG);
      await(server, "was not ready", LONGEST, STEP, () -> Files.exists(kubeconfig));
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** A {@code serve} that has discovered all targets, and its measurements. */
  record Served(ChildJvm process, String url, BenchReport.Cold cold) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      process.close();
    }
  }

  /**
   * Starts {@code serve} with the flags of this JVM, and waits until it has discovered all targets.
   */
  Served serve() throws IOException, InterruptedException {
    Path config = Files.writeString(folder.resolve("bench.yml"), configuration());
    long begin = System.nanoTime();
    ChildJvm process =
        ChildJvm.start(
            "serve",
            folder.resolve("serve.log"),
            ChildJvm.ownFlags(),
            "serve",
            "--config",
            config.toString(),
            "--listen",
            "127.0.0.1:0");
    try {
      Matcher listens = LISTENS.matcher("");
      await(process, "did not listen", LONGEST, STEP, () -> listens.reset(process.output()).find());
      String url = listens.group(1);
      // A readiness request is cheap for any number of jobs.
      await(process, "was not ready", LONGEST, STEP, () -> ready(url));
      await(process, "has not found all targets", LONGEST, STEP, () -> active(url) >= expected());
      double seconds = seconds(System.nanoTime() - begin);
      double cpu = seconds(process.cpu().toNanos());
      BenchReport.Cold cold = new BenchReport.Cold(1, seconds, cpu, process.peakMemory());
      return new Served(process, url, cold);
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /**
   * Returns the number of targets that the jobs keep: both ports of the pods that are annotated for
   * scraping.
   */
  int expected() {
    return 2 * ManyPodsCluster.scrapedIn(pods, keeping);
  }

  /**
   * Replaces pods, and repeatedly adds a pod and waits for its target.
   *
   * @param rate pods per second
   * @param length the duration of the whole measurement
   */
  BenchReport.Churn churn(ChildJvm server, Served served, int rate, Duration length)
      throws IOException, InterruptedException {
    List<Double> latencies = new ArrayList<>();
    server.sendLine("churn " + rate);
    long cpu = served.process().cpu().toNanos();
    long begin = System.nanoTime();
    while (latencies.isEmpty() || System.nanoTime() - begin < length.toNanos()) {
      int number = latencies.size();
      String ip = "10.200.%d.%d".formatted(number / 250 % 256, number % 250 + 1);
      long made = System.nanoTime();
      server.sendLine("put probe-" + number + " " + ip);
      String target = ip + ":80\"";
      String targets = served.url() + "/api/v1/targets?state=active&scrapePool=probe";
      await(
          served.process(),
          "did not see a new pod",
          LONGEST_CHANGE,
          SHORT_STEP,
          () -> get(targets).contains(target));
      latencies.add(seconds(System.nanoTime() - made));
      server.sendLine("remove probe-" + number);
      pause(BETWEEN_PROBES);
    }
    double took = seconds(System.nanoTime() - begin);
    double cores = seconds(served.process().cpu().toNanos() - cpu) / took;
    server.sendLine("churn 0");
    server.requireAlive();
    return new BenchReport.Churn(rate, took, cores, latencies);
  }

  private String configuration() {
    StringBuilder text = new StringBuilder("scrape_configs:\n");
    for (int i = 0; i < jobs; i++) {
      // Namespaces after the last one have no pods.
      int namespace = i < keeping ? i : ManyPodsCluster.NAMESPACES + i;
      text.append(
          """
          - job_name: pods-%d
            kubernetes_sd_configs: [{role: pod, kubeconfig_file: %s}]
            relabel_configs:
            - {source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], regex: 'true', action: keep}
            - {action: labelmap, regex: __meta_kubernetes_pod_label_(.+)}
            - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
            - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
            - {source_labels: [__meta_kubernetes_namespace], regex: %s, action: keep}
          """
              .formatted(i, BenchServerCommand.KUBECONFIG, ManyPodsCluster.namespace(namespace)));
    }
    text.append(
        """
        - job_name: probe
          kubernetes_sd_configs: [{role: pod, kubeconfig_file: %s}]
          relabel_configs:
          - {source_labels: [__meta_kubernetes_namespace], regex: %s, action: keep}
        """
            .formatted(BenchServerCommand.KUBECONFIG, ManyPodsCluster.PROBES));
    return text.toString();
  }

  private static boolean ready(String url) throws IOException {
    HttpURLConnection asked =
        (HttpURLConnection) URI.create(url + "/-/ready").toURL().openConnection();
    boolean ready = asked.getResponseCode() == HttpURLConnection.HTTP_OK;
    try (var body = ready ? asked.getInputStream() : asked.getErrorStream()) {
      if (body != null) {
        body.transferTo(OutputStream.nullOutputStream()); // So that the connection can be reused.
      }
    }
    return ready;
  }

  private static double active(String url) throws IOException {
    return get(url + "/metrics")
        .lines()
        .filter(line -> line.startsWith(ACTIVE))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static String get(String url) throws IOException {
    try (var in = URI.create(url).toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The condition to wait for. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(
      ChildJvm process, String complaint, Duration longest, Duration step, Condition condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (!condition.holds()) {
      process.requireAlive();
      if (System.nanoTime() - end > 0) {
        throw process.failure(complaint + " within " + longest.toSeconds() + " s");
      }
      pause(step);
    }
  }

  private static void pause(Duration length) throws InterruptedException {
    if (new CountDownLatch(1).await(length.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("no latch to count down");
    }
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
