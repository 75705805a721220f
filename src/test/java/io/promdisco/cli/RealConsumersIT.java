package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.SkipReason;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus and a real vmagent read {@code /http-sd/JOB} of a {@code serve} that is
 * stopped, killed, started, reloaded and cut off from its API servers. The test measures how many
 * of their active targets are missing, and for how long.
 *
 * <p>The property {@code promdisco.realclients} names the folder of the programs {@code prometheus}
 * and {@code vmagent}. The targets are closed ports of the loopback address. Takes a minute and a
 * half.
 */
@Timeout(300)
class RealConsumersIT {
  private static final String CLIENTS = System.getProperty("promdisco.realclients", "");
  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m");
  private static final Pattern INSTANCE = Pattern.compile("\"instance\":\"([^\"]+)\"");

  /** The time from an answer to Prometheus's targets: refresh 1 s, then twice 5 s. */
  private static final Duration TAKEN_OVER = Duration.ofSeconds(12);

  private static final String LISTENS = "promdisco listens on (\\S+)";
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final String FIRST =
      "{role: pod, kubeconfig_file: first, namespaces: {names: [%s]}}";
  private static final String SECOND = FIRST.replace("first", "second");

  /** The same pods as {@link #FIRST}, but another watch. */
  private static final String FIRST_ANEW =
      FIRST.replace("]}}", "]}, selectors: [{role: pod, label: app!=none}]}");

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Consumer> consumers = new ArrayList<>();
  private final Map<String, String> losses = new LinkedHashMap<>();
  private final Map<String, List<String>> jobs = new LinkedHashMap<>();
  private int port;

  @BeforeEach
  void requireClients() {
    assumeFalse(CLIENTS.isEmpty(), SkipReason.CLIENTS);
  }

  @AfterEach
  void endProcesses() {
    closer.close();
  }

  @Test
  void noConsumerLosesATargetWhateverHappensToPromdisco() throws Exception {
    SimApiServer first = server("first", Map.of("web", 1600, "raw", 400));
    SimApiServer second = server("second", Map.of("web", 100, "late", 50));
    configure("web", FIRST);
    configure("raw", FIRST);
    Child serve = serve("(start)");
    start("prometheus");
    start("vmagent");
    watchUntil(
        "(first targets)", () -> missing("first", "web", 1600) + missing("first", "raw", 400) == 0);
    expect("first", "web", 1600);
    expect("first", "raw", 400);

    first.stopListening();
    serve.terminate();
    watch("stopped by TERM, API server away", Duration.ofSeconds(2));
    serve = serve("starting, API server away");
    watch("started, API server away", TAKEN_OVER);
    int refused = get("/http-sd/web").statusCode();
    int complete = get("/http-sd/fixed").statusCode();
    first.listenAgain();
    watchUntil("API server back", () -> ready());

    serve.kill();
    watch("killed", Duration.ofSeconds(1));
    serve = serve("starting");
    watch("started", TAKEN_OVER);

    reload();
    watch("reloaded, nothing changed", Duration.ofSeconds(2));

    configure("late", SECOND);
    reload();
    watchUntil("a job added", () -> missing("second", "late", 50) == 0);
    expect("second", "late", 50);

    first.stopListening();
    second.stopListening();
    watch("cut off", Duration.ofSeconds(3));
    configure("web", FIRST, SECOND);
    configure("raw", FIRST_ANEW);
    reload();
    watch("a source added and one replaced while cut off", TAKEN_OVER);
    first.listenAgain();
    second.listenAgain();
    watchUntil("connected again", () -> ready() && missing("second", "web", 100) == 0);
    expect("second", "web", 100);
    watch("connected", TAKEN_OVER);

    System.out.println("lost target-seconds (prometheus/vmagent): " + losses);
    for (Consumer consumer : consumers) {
      assertThat(consumer.lost).as("lost by %s: %s", consumer.name, losses).isZero();
    }
    assertThat(refused).isEqualTo(503);
    assertThat(complete).isEqualTo(200);
    serve.requireAlive();
  }

  /** Starts an API server with this number of pods in each namespace, and writes its kubeconfig. */
  private SimApiServer server(String name, Map<String, Integer> pods) throws IOException {
    SimCluster cluster = new SimCluster();
    List<ObjectNode> objects = new ArrayList<>();
    for (Map.Entry<String, Integer> namespace : pods.entrySet()) {
      for (int i = 0; i < namespace.getValue(); i++) {
        objects.add(pod(namespace.getKey(), i, ip(name, namespace.getKey(), i)));
      }
    }
    cluster.load(objects);
    SimApiServer server = closer.add(SimApiServer.start(cluster));
    server.writeKubeconfig(folder.resolve(name));
    return server;
  }

  private static String ip(String cluster, String namespace, int i) {
    int network = 1 + (cluster.equals("first") ? 0 : 100) + namespace.charAt(0) % 100;
    return "127.%d.%d.%d".formatted(network, 1 + i / 250, 1 + i % 250);
  }

  private static ObjectNode pod(String namespace, int i, String ip) throws IOException {
    return (ObjectNode)
        new ObjectMapper()
            .readTree(
                """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "pod-%d", "namespace": "%s", "uid": "%s-%d"},
                 "spec": {"containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 9}]}]},
                 "status": {"phase": "Running", "podIP": "%s"}}
                """
                    .formatted(i, namespace, namespace, i, ip));
  }

  /** Gives a job these sources; each {@code %s} in them is its name. */
  private void configure(String job, String... sources) throws IOException {
    List<String> all = new ArrayList<>();
    for (String source : sources) {
      all.add(source.formatted(job));
    }
    jobs.put(job, all);
    StringBuilder yaml = new StringBuilder("scrape_configs:\n");
    yaml.append("- {job_name: fixed, static_configs: [{targets: ['127.0.0.9:9']}]}\n");
    jobs.forEach(
        (name, of) ->
            yaml.append("- job_name: ")
                .append(name)
                .append("\n  kubernetes_sd_configs: ")
                .append(of)
                .append('\n'));
    Files.writeString(folder.resolve("p.yml"), yaml);
  }

  /** Starts it at its previous address; returns when it listens. */
  private Child serve(String phase) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "serve"));
    command.addAll(List.of("--config", folder.resolve("p.yml").toString()));
    command.addAll(List.of("--listen", "127.0.0.1:" + port));
    Child serve = new Child(command);
    watchUntil(phase, () -> serve.says(LISTENS));
    port = URI.create(serve.find(LISTENS)).getPort();
    return serve;
  }

  private void start(String client) throws Exception {
    boolean isPrometheus = client.equals("prometheus");
    StringBuilder yaml = new StringBuilder("global: {scrape_interval: 10m}\nscrape_configs:\n");
    for (String path : List.of("web?relabeled=true", "raw", "late", "fixed")) {
      yaml.append("- job_name: ")
          .append(path.replaceAll("\\?.*", ""))
          .append("\n  http_sd_configs: [{url: 'http://127.0.0.1:")
          .append(port)
          .append("/http-sd/")
          .append(path)
          .append(isPrometheus ? "', refresh_interval: 1s}]\n" : "'}]\n");
    }
    Path config = Files.writeString(folder.resolve(client + ".yml"), yaml);
    Path data = Files.createDirectory(folder.resolve(client));
    String program = Path.of(CLIENTS, client).toString();
    Child child =
        isPrometheus
            ? new Child(
                List.of(
                    program,
                    "--agent",
                    "--config.file=" + config,
                    "--storage.agent.path=" + data,
                    "--web.listen-address=127.0.0.1:0"))
            : new Child(
                List.of(
                    program,
                    "-promscrape.config=" + config,
                    "-promscrape.httpSDCheckInterval=1s",
                    "-httpListenAddr=127.0.0.1:0",
                    "-remoteWrite.url=http://127.0.0.1:9/",
                    "-remoteWrite.tmpDataPath=" + data,
                    "-promscrape.suppressScrapeErrors"));
    String listens =
        isPrometheus
            ? "Listening on\" component=web address=(\\S+)"
            : "started server at http://([^/\\s]+)/";
    watchUntil("(" + client + ")", () -> child.says(listens));
    consumers.add(new Consumer(client, "http://" + child.find(listens), child));
  }

  private static Set<String> instances(String cluster, String job, int pods) {
    Set<String> instances = new HashSet<>();
    for (int i = 0; i < pods; i++) {
      instances.add(ip(cluster, job, i) + ":9");
    }
    return instances;
  }

  /** Sets the targets that each consumer must have from now on. */
  private void expect(String cluster, String job, int pods) {
    consumers.forEach(consumer -> consumer.expected.addAll(instances(cluster, job, pods)));
  }

  /** Returns the maximum number of these targets that a consumer lacks. */
  private long missing(String cluster, String job, int pods) {
    Set<String> instances = instances(cluster, job, pods);
    return consumers.stream()
        .mapToLong(c -> instances.stream().filter(i -> !c.seen.contains(i)).count())
        .max()
        .orElse(0);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return ask("GET", "http://127.0.0.1:" + port + path);
  }

  private boolean ready() throws Exception {
    return get("/-/ready").statusCode() == 200;
  }

  private void reload() throws Exception {
    assertThat(ask("POST", "http://127.0.0.1:" + port + "/-/reload").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> ask(String method, String url) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The condition to wait for. */
  private interface Condition {
    boolean holds() throws Exception;
  }

  private void watch(String phase, Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    watchUntil(phase, () -> System.nanoTime() - end >= 0);
  }

  /** Reads the targets of the consumers until {@code condition} holds. */
  private void watchUntil(String phase, Condition condition) throws Exception {
    long begin = System.nanoTime();
    double[] before = consumers.stream().mapToDouble(c -> c.lost).toArray();
    do {
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as(phase)
          .isLessThan(Duration.ofSeconds(60));
      for (Consumer consumer : consumers) {
        consumer.look();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    } while (!condition.holds());
    StringBuilder lost = new StringBuilder();
    for (int i = 0; i < before.length; i++) {
      lost.append(i == 0 ? "" : "/");
      lost.append(String.format(Locale.ROOT, "%.1f", consumers.get(i).lost - before[i]));
    }
    losses.put(phase, lost.toString());
  }

  /** A program that reads promdisco's answers, and the targets that it lacked. */
  private final class Consumer {
    private final String name;
    private final String url;
    private final Child child;
    private final Set<String> expected = new HashSet<>();
    private Set<String> seen = Set.of();
    private long looked = System.nanoTime();
    private double lost; // targets × seconds

    Consumer(String name, String url, Child child) {
      this.name = name;
      this.url = url;
      this.child = child;
    }

    void look() throws Exception {
      child.requireAlive();
      String targets = ask("GET", url + "/api/v1/targets?state=active").body();
      Set<String> now = new HashSet<>();
      Matcher instance = INSTANCE.matcher(targets);
      while (instance.find()) {
        now.add(instance.group(1));
      }
      long time = System.nanoTime();
      long missing = expected.stream().filter(target -> !now.contains(target)).count();
      lost += missing * ((time - looked) / 1e9);
      looked = time;
      seen = now;
    }
  }

  /** A process that ends with this one. */
  private final class Child implements AutoCloseable {
    private final Path log;
    private final Process process;
    private final Thread atExit;

    Child(List<String> command) throws IOException {
      log = Files.createTempFile(folder, "child", ".log");
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      atExit = new Thread(process::destroyForcibly, "sd-child-end");
      Runtime.getRuntime().addShutdownHook(atExit);
      closer.add(this);
    }

    boolean says(String pattern) throws IOException {
      requireAlive();
      return Pattern.compile(pattern).matcher(Files.readString(log)).find();
    }

    /** Returns the group of the pattern in its output. */
    String find(String pattern) throws IOException {
      Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(log));
      assertThat(matcher.find()).isTrue();
      return matcher.group(1);
    }

    void requireAlive() throws IOException {
      assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
    }

    void terminate() throws Exception {
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }

    void kill() throws Exception {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
      Runtime.getRuntime().removeShutdownHook(atExit);
    }
  }
}
