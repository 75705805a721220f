package io.promdisco.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.conformance.KubernetesCase.Operation;
import io.promdisco.conformance.TargetLines.Line;
import io.promdisco.offline.ManifestClientFactory;
import io.promdisco.offline.ManifestCluster;
import io.promdisco.offline.ManifestReader;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.providers.kubernetes.client.InClusterClients;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random clusters on a real API server, discovered by a real Prometheus and by promdisco with
 * random jobs. The discovered labels and the labels of all targets, including dropped ones, are
 * equal after each step. A dump of the server results in the same targets, whether {@code promdisco
 * dump} or kubectl writes it.
 *
 * <p>Prometheus is the reference unless its result does not depend only on the objects:
 *
 * <ul>
 *   <li>A running Prometheus does not notice some changes, such as those of a pod that an endpoint
 *       slice refers to. If it differs permanently, a newly started one is the reference.
 *   <li>If the names of several labels become one, it shows any of them. Their values are treated
 *       as equal.
 *   <li>It does not wait for replica sets and jobs before it discovers endpoints, so that names of
 *       deployments and cron jobs may be missing. If a started one differs, a second one is used.
 * </ul>
 *
 * <p>Properties: {@code promdisco.kubeconfig} names an API server, everything in which is deleted;
 * {@code promdisco.realclients} the folder of {@code prometheus}; {@code promdisco.clusters} how
 * many clusters (20), {@code promdisco.seed} which ones (1).
 */
class ClusterDifferentialIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KUBECONFIG = System.getProperty("promdisco.kubeconfig", "");
  private static final String CERT = System.getProperty("promdisco.kubeconfig.cert", "");
  private static final String CLIENTS = System.getProperty("promdisco.realclients", "");
  private static final int CLUSTERS = Integer.getInteger("promdisco.clusters", 20);
  private static final long SEED = Long.getLong("promdisco.seed", 1);

  /** Clusters that are on the server at the same time. */
  private static final int BATCH = 20;

  private static final int JOBS = 5;
  private static final int STEPS = 3;

  /** The step in which jobs change. */
  private static final int RELOAD = STEPS - 1;

  private static final int WRITERS = 4;

  /** Prefixes of labels, annotations and types of addresses. */
  private static final Pattern VARIABLE =
      Pattern.compile(
          "(__meta_kubernetes_[a-z]+_(?:(?:label|annotation)(?:present)?|address)_)(?!type$|target_).*");

  private static final Pattern LAST_APPLIED =
      Pattern.compile("annotation_kubectl_kubernetes_io_last_applied_configuration$");

  private static final String MARKER = "marker";

  /** Prometheus passes changes on every 5 s. */
  private static final Duration TAKEN_OVER = Duration.ofMillis(5_600);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder = Path.of("");

  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private final List<String> differences = new ArrayList<>();
  private final Map<String, Integer> stale = new TreeMap<>();
  private final TreeSet<String> labels = new TreeSet<>();
  private int instances;

  @Test
  void targetsAreThoseOfARealPrometheusAfterEveryStep() throws Exception {
    assumeFalse(KUBECONFIG.isEmpty(), "no -Dpromdisco.kubeconfig=FILE");
    assumeFalse(CLIENTS.isEmpty(), "no -Dpromdisco.realclients=FOLDER");
    new RealCluster(Path.of(KUBECONFIG)).clear();
    for (int first = 0; first < CLUSTERS; first += BATCH) {
      try (Batch batch = new Batch(first, Math.min(BATCH, CLUSTERS - first))) {
        batch.run();
      } finally {
        new RealCluster(Path.of(KUBECONFIG)).clear();
      }
      System.out.println("clusters of seed " + SEED + ": " + counts);
    }
    refusals.forEach((what, times) -> System.out.println("refused " + times + ": " + what));
    stale.forEach((what, times) -> System.out.println("stale " + times + ": " + what));
    System.out.println("labels: " + labels.size());
    assertThat(differences).as("seed %d", SEED).isEmpty();
    assertThat(counts.get("clusters")).isEqualTo(CLUSTERS);
    assertThat(labels).hasSizeGreaterThan(CLUSTERS < BATCH ? 30 : 85);
    assertThat(counts.get("targets")).isGreaterThan(100 * CLUSTERS);
  }

  private static void assertSucceeds(Process process, Path log)
      throws IOException, InterruptedException {
    boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0).as(Files.readString(log)).isTrue();
  }

  private synchronized void count(String what, int number) {
    counts.merge(what, number, Integer::sum);
  }

  private static Configuration load(ObjectNode configuration, Path folder) {
    var result =
        new ConfigLoader()
            .read("config.yml", configuration.toString().getBytes(StandardCharsets.UTF_8), folder);
    return result.configuration().orElseThrow(() -> new AssertionError(result.problems()));
  }

  /** Clusters that are discovered together. */
  private final class Batch implements AutoCloseable {
    private final int first;
    private final List<RandomCluster> clusters = new ArrayList<>();
    private final Map<RandomCluster, RealCluster> servers = new HashMap<>();
    private final Map<String, ObjectNode> jobs = new LinkedHashMap<>();
    private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    private final RealCluster server = new RealCluster(Path.of(KUBECONFIG));
    private final Promdisco promdisco;

    /** The pod in which the discoverers believe to run; empty if this system does not allow it. */
    private final Optional<PrometheusAgent.Pod> pod;

    private final List<PrometheusAgent> open = new ArrayList<>();
    private final RandomJobs random;

    /** The Prometheus that is the reference for each job: the last one that was started for it. */
    private final Map<String, PrometheusAgent> judges = new HashMap<>();

    Batch(int first, int size) throws Exception {
      this.first = first;
      List<String> kubeconfigs = CERT.isEmpty() ? List.of(KUBECONFIG) : List.of(KUBECONFIG, CERT);
      PrometheusAgent.Pod inPod = pod();
      pod = inPod.isPossible() ? Optional.of(inPod) : Optional.empty();
      random =
          new RandomJobs(
              new Random(SEED * 1_000_033 + first), server, kubeconfigs, pod.isPresent());
      promdisco = Promdisco.builder().kubernetesClients(this::clients).build();
      for (int i = first; i < first + size; i++) {
        RandomCluster cluster = new RandomCluster("c" + i, SEED * 1_000_003 + i);
        clusters.add(cluster);
        servers.put(cluster, new RealCluster(Path.of(KUBECONFIG)));
      }
    }

    private PrometheusAgent.Pod pod() throws IOException {
      URI url = URI.create(server.url);
      Path account = Files.createDirectories(folder.resolve("account-" + first));
      Files.writeString(account.resolve("token"), server.token);
      Files.copy(Path.of(server.caFile), account.resolve("ca.crt"));
      Files.writeString(account.resolve("namespace"), ownNamespace());
      return new PrometheusAgent.Pod(
          Map.of(
              "KUBERNETES_SERVICE_HOST",
              url.getHost(),
              "KUBERNETES_SERVICE_PORT",
              "" + url.getPort()),
          account);
    }

    private ResourceClientFactory clients(Ticker ticker) {
      return pod.isPresent()
          ? InClusterClients.of(ticker, pod.get().env(), pod.get().serviceAccount())
          : new ApiServerClientFactory(ticker);
    }

    private String ownNamespace() {
      return "c" + first + "-ns0";
    }

    void run() throws Exception {
      List<ObjectNode> all = new ArrayList<>(random.everywhere());
      for (RandomCluster cluster : clusters) {
        all.addAll(random.of(cluster, JOBS));
      }
      all.add(random.plain(MARKER, MARKER));
      all.forEach(job -> jobs.put(job.get("job_name").asText(), job));
      write(RandomCluster::start);
      mark(0);
      promdisco.apply(load(configuration(), folder));
      PrometheusAgent running = prometheus(all);
      jobs.keySet().forEach(job -> judges.put(job, running));
      check(0);
      for (int step = 1; step <= STEPS; step++) {
        write(step == STEPS ? RandomCluster::storm : RandomCluster::step);
        if (step == RELOAD) {
          replaceJobs(running);
        }
        mark(step);
        check(step);
      }
      count("sources in a cluster", pod.isPresent() ? random.inPod() : 0);
      count("clusters", clusters.size());
      count("jobs", jobs.size() - 1);
    }

    private ObjectNode configuration() {
      return RandomJobs.configuration(List.copyOf(jobs.values()));
    }

    /** Replaces a job of each cluster by another. */
    private void replaceJobs(PrometheusAgent running) throws Exception {
      for (RandomCluster cluster : clusters) {
        ObjectNode job = random.job(cluster, 0);
        String name = job.get("job_name").asText();
        jobs.put(name, job);
        judges.put(name, running);
      }
      promdisco.apply(load(configuration(), folder));
      running.reload(configuration().toString());
      count("jobs", clusters.size());
    }

    private PrometheusAgent prometheus(List<ObjectNode> of)
        throws IOException, InterruptedException {
      PrometheusAgent started =
          new PrometheusAgent(
              Path.of(CLIENTS, "prometheus"),
              folder.resolve("prometheus-" + instances++),
              RandomJobs.configuration(of).toString(),
              pod.orElse(null));
      open.add(started);
      return started;
    }

    private void write(Function<RandomCluster, List<Operation>> operations) throws Exception {
      List<Future<Void>> writing = new ArrayList<>();
      for (RandomCluster cluster : clusters) {
        Callable<Void> write =
            () -> {
              for (Operation operation : operations.apply(cluster)) {
                write(Objects.requireNonNull(servers.get(cluster)), operation);
              }
              return null;
            };
        writing.add(writers.submit(write));
      }
      for (Future<Void> one : writing) {
        one.get();
      }
    }

    private void write(RealCluster to, Operation operation) throws Exception {
      count("operations", 1);
      try {
        switch (operation.op()) {
          case "create" -> to.create(operation.object());
          case "update" -> to.update(operation.object());
          case "delete" -> to.delete(operation.object());
          default -> throw new AssertionError(operation.op());
        }
      } catch (RealCluster.RefusedException e) {
        synchronized (ClusterDifferentialIT.this) {
          refusals.merge(
              String.valueOf(e.getMessage())
                  .lines()
                  .findFirst()
                  .orElse("")
                  .replaceAll("\"[^\"]*\"|c\\d+\\S*", "…"),
              1,
              Integer::sum);
        }
      }
    }

    /** Makes a change that shows, when it is visible, that earlier changes were seen. */
    private void mark(int step) throws Exception {
      ObjectNode namespace =
          JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Namespace");
      namespace.putObject("metadata").put("name", MARKER);
      ObjectNode service = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Service");
      service
          .putObject("metadata")
          .put("name", MARKER)
          .put("namespace", MARKER)
          .putObject("labels")
          .put("step", "" + step);
      service.putObject("spec").putArray("ports").addObject().put("port", 9);
      if (step == 0) {
        server.create(namespace);
        server.create(service);
      } else {
        server.update(service);
      }
    }

    private void noteLabel(String name) {
      labels.add(VARIABLE.matcher(name).replaceAll("$1"));
    }

    private boolean isMarked(Map<String, List<Line>> lines, int step) {
      return lines.getOrDefault(MARKER, List.of()).stream()
          .anyMatch(
              line ->
                  ("" + step)
                      .equals(line.discovered().get("__meta_kubernetes_service_label_step")));
    }

    private void check(int step) throws Exception {
      Deadline limit = new Deadline(LIMIT);
      PrometheusAgent running = judge(MARKER);
      while (!isMarked(TargetLines.of(running.targets(MARKER)), step)
          || !isMarked(TargetLines.of(promdisco), step)) {
        limit.pause("the marker of step " + step);
      }
      Map<String, List<Line>> ours = TargetLines.of(promdisco);
      count("states", ours.size());
      ours.values().forEach(lines -> count("targets", lines.size()));
      ours.values()
          .forEach(
              lines -> lines.forEach(line -> line.discovered().keySet().forEach(this::noteLabel)));
      checkDump(step);
      if (step == 0 || step == RELOAD) {
        awaitTakenOver(); // The marker may be visible before the targets of new jobs.
      }
      Map<String, List<Line>> theirs = ofJudges(jobs.keySet());
      TreeSet<String> toJudge = new TreeSet<>(jobs.keySet());
      if (step < STEPS) {
        toJudge.removeIf(job -> equal(ours, theirs, job));
      }
      for (int attempt = 1; attempt <= 2 && !toJudge.isEmpty(); attempt++) {
        judgeByAnother(toJudge, step, attempt);
      }
    }

    /** Waits until a Prometheus shows everything that it knew when it showed the marker. */
    private void awaitTakenOver() {
      Deadline taken = new Deadline(TAKEN_OVER);
      while (!taken.isOver()) {
        taken.pause("");
      }
    }

    private PrometheusAgent judge(String job) {
      return Objects.requireNonNull(judges.get(job));
    }

    private Map<String, List<Line>> ofJudges(Set<String> of) throws Exception {
      Map<PrometheusAgent, Map<String, List<Line>>> known = new HashMap<>();
      Map<String, List<Line>> out = new HashMap<>();
      for (String job : of) {
        PrometheusAgent judge = judge(job);
        if (!known.containsKey(judge)) {
          known.put(judge, TargetLines.of(judge.targets("")));
        }
        out.put(job, TargetLines.of(Objects.requireNonNull(known.get(judge)), job));
      }
      return out;
    }

    private boolean equal(
        Map<String, List<Line>> ours, Map<String, List<Line>> theirs, String job) {
      return TargetLines.settled(TargetLines.of(ours, job))
          .equals(TargetLines.settled(TargetLines.of(theirs, job)));
    }

    /** Starts a Prometheus for some jobs, and removes those in which it agrees with promdisco. */
    private void judgeByAnother(Set<String> toJudge, int step, int attempt) throws Exception {
      List<ObjectNode> of = new ArrayList<>();
      toJudge.forEach(job -> of.add(jobs.get(job)));
      if (!toJudge.contains(MARKER)) {
        of.add(jobs.get(MARKER));
      }
      PrometheusAgent fresh = prometheus(of);
      Deadline limit = new Deadline(LIMIT);
      while (!isMarked(TargetLines.of(fresh.targets(MARKER)), step)) {
        limit.pause("the marker of step " + step + " in another Prometheus");
      }
      awaitTakenOver();
      Map<String, List<Line>> ours = TargetLines.of(promdisco);
      Map<String, List<Line>> old = ofJudges(toJudge);
      Map<String, List<Line>> right = TargetLines.of(fresh.targets(""));
      count("states judged by a fresh Prometheus", toJudge.size());
      for (String job : List.copyOf(toJudge)) {
        if (equal(ours, right, job)) {
          if (!equal(ours, old, job)) {
            countStale(job, ours, old);
            judges.put(job, fresh);
          }
          toJudge.remove(job);
        } else if (attempt == 2) {
          report(
              step,
              job,
              "Prometheus",
              TargetLines.settled(TargetLines.of(ours, job)),
              TargetLines.settled(TargetLines.of(right, job)));
        }
      }
      if (attempt == 1) {
        count("states judged twice", toJudge.size());
      }
    }

    private void countStale(String job, Map<String, List<Line>> ours, Map<String, List<Line>> old) {
      TreeSet<String> roles = new TreeSet<>();
      Objects.requireNonNull(jobs.get(job))
          .get("kubernetes_sd_configs")
          .forEach(source -> roles.add(source.get("role").asText()));
      Set<String> kinds =
          TargetLines.kinds(
              TargetLines.settled(TargetLines.of(ours, job)),
              TargetLines.settled(TargetLines.of(old, job)));
      count("stale", 1);
      synchronized (ClusterDifferentialIT.this) {
        stale.merge(roles + " in " + kinds, 1, Integer::sum);
      }
    }

    private void report(int step, String job, String other, List<Line> here, List<Line> there)
        throws IOException {
      StringBuilder text = new StringBuilder();
      text.append("batch ").append(first).append(", step ").append(step).append(": ");
      text.append(jobs.get(job)).append('\n');
      text.append("in ").append(TargetLines.kinds(here, there)).append('\n');
      TargetLines.without(here, there)
          .forEach(line -> text.append("promdisco only: ").append(line).append('\n'));
      TargetLines.without(there, here)
          .forEach(line -> text.append(other).append(" only: ").append(line).append('\n'));
      Path to = Files.createDirectories(Path.of("target", "cluster-differences"));
      Files.writeString(
          to.resolve("seed-" + SEED + "-step-" + step + "-" + job + "-" + other + ".txt"), text);
      differences.add(text.length() > 600 ? text.substring(0, 600) : text.toString());
    }

    /** Returns all objects. */
    private ObjectNode list() throws Exception {
      ObjectNode list = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
      ArrayNode items = list.putArray("items");
      for (Resource<?> resource : Resource.ALL) {
        for (JsonNode item : server.list(resource)) {
          items.add(
              ((ObjectNode) item)
                  .put("apiVersion", resource.apiVersion())
                  .put("kind", resource.kind()));
        }
      }
      return list;
    }

    /** Writes a dump with kubectl; returns false if it is not installed. */
    private boolean kubectl(Path to) throws IOException, InterruptedException {
      String kinds = Resource.ALL.stream().map(Resource::plural).collect(Collectors.joining(","));
      try {
        Process kubectl =
            new ProcessBuilder(
                    "kubectl",
                    "--kubeconfig=" + KUBECONFIG,
                    "--cache-dir=" + folder.resolve("kubectl-cache"),
                    "get",
                    kinds,
                    "-A",
                    "-o",
                    "yaml")
                .redirectOutput(to.toFile())
                .redirectError(folder.resolve("kubectl").toFile())
                .start();
        assertSucceeds(kubectl, folder.resolve("kubectl"));
        count("dumps by kubectl", 1);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    /**
     * A dump of the server must result in the same targets as the server, as JSON and as written by
     * kubectl.
     */
    private void checkDump(int step) throws Exception {
      Path dump = folder.resolve("dump");
      if (step > 0 || !kubectl(dump)) {
        Files.writeString(dump, list().toString());
      }
      compareDump(step, "dump", dump, configuration(), line -> line);
      if (step == STEPS) {
        checkSlimDump(step);
      }
    }

    /** The output of {@code promdisco dump} results in the same discovered labels. */
    private void checkSlimDump(int step) throws Exception {
      ObjectNode configuration = configuration();
      for (JsonNode job : configuration.get("scrape_configs")) {
        job.get("kubernetes_sd_configs").forEach(source -> useKubeconfig((ObjectNode) source));
      }
      Path config = folder.resolve("dump.yml");
      Files.writeString(config, configuration.toString());
      Path dump = folder.resolve("slim");
      Process dumping =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.promdisco.cli.Main",
                  "dump",
                  config.toString(),
                  "--file=" + dump)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("dump.log").toFile())
              .start();
      assertSucceeds(dumping, folder.resolve("dump.log"));
      count("dumps by promdisco", 1);
      compareDump(step, "slim dump", dump, configuration, Batch::slim);
    }

    /** A dump is of one cluster, so all sources must reach it in the same way. */
    private void useKubeconfig(ObjectNode source) {
      source.remove(List.of("api_server", "authorization", "tls_config"));
      source.put("kubeconfig_file", KUBECONFIG);
      if (source.path("namespaces") instanceof ObjectNode namespaces
          && namespaces.remove("own_namespace") != null) {
        namespaces.withArray("names").add(ownNamespace());
      }
    }

    /**
     * Removes the annotation in which kubectl stores the whole object, because a dump changes it.
     */
    private static Line slim(Line line) {
      Map<String, String> discovered = new TreeMap<>(line.discovered());
      discovered.keySet().removeIf(name -> LAST_APPLIED.matcher(name).find());
      return new Line(discovered, "");
    }

    private void compareDump(
        int step, String what, Path dump, ObjectNode configuration, UnaryOperator<Line> view)
        throws Exception {
      ManifestCluster cluster = new ManifestCluster(ManifestReader.read(List.of(dump)));
      try (Promdisco ofDump =
          Promdisco.builder()
              .kubernetesClients(
                  ticker -> new ManifestClientFactory(cluster, Optional.of(ownNamespace())))
              .build()) {
        ofDump.apply(load(configuration, folder));
        assertThat(ofDump.awaitSynced(LIMIT)).isTrue();
        Map<String, List<Line>> dumped = viewed(TargetLines.of(ofDump), view);
        Map<String, List<Line>> live = viewed(TargetLines.of(promdisco), view);
        Deadline end = new Deadline(TAKEN_OVER);
        while (!live.equals(dumped) && !end.isOver()) {
          end.pause(""); // The marker can be visible before other changes.
          live = viewed(TargetLines.of(promdisco), view);
        }
        for (String job : jobs.keySet()) {
          List<Line> here = TargetLines.of(live, job);
          List<Line> there = TargetLines.of(dumped, job);
          if (!here.equals(there)) {
            report(step, job, what, here, there);
          }
        }
        count("states of dumps", dumped.size());
      }
    }

    private static Map<String, List<Line>> viewed(
        Map<String, List<Line>> lines, UnaryOperator<Line> view) {
      Map<String, List<Line>> out = new HashMap<>();
      lines.forEach((job, of) -> out.put(job, of.stream().map(view).sorted(Line.ORDER).toList()));
      return out;
    }

    @Override
    public void close() {
      promdisco.close();
      open.forEach(PrometheusAgent::close);
      writers.shutdownNow();
    }
  }

  /** A point in time. */
  private static final class Deadline {
    private final long end;

    Deadline(Duration from) {
      end = System.nanoTime() + from.toNanos();
    }

    boolean isOver() {
      return System.nanoTime() - end >= 0;
    }

    /** Waits a little. */
    void pause(String what) {
      assertThat(isOver() && !what.isEmpty()).as("waited in vain for " + what).isFalse();
      LockSupport.parkNanos(Duration.ofMillis(150).toNanos());
    }
  }
}
