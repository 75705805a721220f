package io.promdisco.soak;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetListener;
import io.promdisco.sim.DemoCluster;
import io.promdisco.sim.Fault;
import io.promdisco.sim.FaultRule;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cluster whose pods are replaced, an API server that fails, and a library that is reloaded while
 * listeners come and go. Everything is random, but the same for the same seed. For one thread.
 */
final class SoakWorkload implements AutoCloseable {
  private static final List<Resource<?>> RESOURCES =
      List.of(
          Resource.PODS,
          Resource.NODES,
          Resource.SERVICES,
          Resource.ENDPOINTS,
          Resource.ENDPOINT_SLICES,
          Resource.INGRESSES);
  private static final List<Fault> FAULTS =
      List.of(
          Fault.status(401),
          Fault.status(403),
          Fault.status(410),
          Fault.status(500),
          new Fault.Status(429, 1),
          new Fault.CacheFilling(1),
          new Fault.ErrorEvent(410),
          Fault.Break.CUT,
          Fault.Break.RESET,
          Fault.Break.HANG_UP,
          Fault.Break.GARBAGE,
          Fault.Break.HUGE,
          Fault.Break.STALL,
          new Fault.Slow(500),
          Fault.Disorder.DUPLICATE,
          Fault.Disorder.ADDED_FOR_KNOWN,
          Fault.Disorder.DELETED_FOR_UNKNOWN);
  private static final int MOST_LISTENERS = 5;
  private static final int HISTORY =
      500; // events that the server remembers: few, so that versions expire soon

  private final Random random;
  private final SimCluster cluster = new SimCluster(Instant::now, HISTORY);
  private final SimApiServer server;
  private final Promdisco promdisco = Promdisco.builder().build();
  private final Deque<TargetListener.Registration> listeners = new ArrayDeque<>();
  private final AtomicLong changes = new AtomicLong();
  private long replaced;
  private boolean listening = true;
  private int version;

  SoakWorkload(long seed) {
    random = new Random(seed);
    DemoCluster.create(cluster).close();
    server = SimApiServer.start(cluster);
    promdisco.apply(configuration());
  }

  private Configuration configuration() {
    StringBuilder yaml = new StringBuilder("scrape_configs:\n");
    for (String role : List.of("pod", "node", "service", "endpoints", "endpointslice", "ingress")) {
      yaml.append("- job_name: ").append(role);
      yaml.append("\n  kubernetes_sd_configs: [{role: ").append(role);
      yaml.append(", api_server: '").append(server.url()).append("'}]\n");
      if (role.equals("pod")) {
        yaml.append("  relabel_configs: [{target_label: v, replacement: v");
        yaml.append(version).append("}]\n");
      }
    }
    if (version % 2 == 1) {
      yaml.append("- job_name: extra\n  kubernetes_sd_configs: [{role: pod, api_server: '");
      yaml.append(server.url()).append("', namespaces: {names: [shop]}}]\n");
    }
    return new ConfigLoader()
        .read("storm.yml", yaml.toString().getBytes(StandardCharsets.UTF_8), Path.of("."))
        .configuration()
        .orElseThrow();
  }

  /** Replaces one pod by another. */
  void replacePod() {
    List<ObjectNode> pods = cluster.list(Resource.PODS, "", "", "");
    ObjectNode old = pods.get(random.nextInt(pods.size()));
    ObjectNode pod = old.deepCopy();
    String name = "pod-" + ++replaced;
    ((ObjectNode) pod.path("metadata")).put("name", name).remove(List.of("uid", "resourceVersion"));
    int host = random.nextInt(60_000);
    ((ObjectNode) pod.path("status")).put("podIP", "10.9." + host / 250 + "." + host % 250);
    cluster.create(pod);
    cluster.delete(old);
  }

  /** Reloads, adds or removes a listener, or changes the faults. */
  void somethingHappens() throws IOException {
    switch (random.nextInt(5)) {
      case 0 -> {
        version++;
        promdisco.apply(configuration());
      }
      case 1 -> listenerComesOrGoes();
      case 2 -> calm();
      case 3 -> {
        calm();
        Resource<?> resource = RESOURCES.get(random.nextInt(RESOURCES.size()));
        server.faults().add(FaultRule.once(resource, "", fault()).times(1 + random.nextInt(3)));
        server.dropConnections();
      }
      default -> {
        calm();
        server.stopListening();
        listening = false;
      }
    }
  }

  private Fault fault() {
    return FAULTS.get(random.nextInt(FAULTS.size()));
  }

  private void listenerComesOrGoes() {
    if (listeners.size() >= MOST_LISTENERS || (!listeners.isEmpty() && random.nextBoolean())) {
      listeners.remove().close();
      return;
    }
    boolean throwing = random.nextInt(4) == 0;
    listeners.add(
        promdisco.listen(
            change -> {
              changes.incrementAndGet();
              if (throwing) {
                throw new IllegalStateException("a listener that throws, as is wanted here");
              }
            }));
  }

  /** Ends all faults. */
  void calm() throws IOException {
    server.faults().healAll();
    if (!listening) {
      server.listenAgain();
      listening = true;
    }
  }

  /** The current targets, for comparison. */
  Set<String> targets() {
    return targets(promdisco);
  }

  /** The targets that a newly started library finds with the current configuration. */
  Set<String> fresh() throws InterruptedException {
    try (Promdisco other = Promdisco.builder().build()) {
      other.apply(configuration());
      if (!other.awaitSynced(Duration.ofSeconds(20))) {
        throw new AssertionError("a fresh start did not sync: " + other.providers());
      }
      return targets(other);
    }
  }

  private static Set<String> targets(Promdisco of) {
    Set<String> all = new TreeSet<>();
    for (PoolView pool : of.pools()) {
      for (Target target : pool.activeTargets()) {
        all.add(pool.job() + " " + target.scrapeUrl() + " " + target.labels());
      }
    }
    return all;
  }

  int connections() {
    return server.connections();
  }

  long replaced() {
    return replaced;
  }

  long changes() {
    return changes.get();
  }

  int reloads() {
    return version;
  }

  @Override
  public void close() {
    try (server;
        promdisco) {
      listeners.forEach(TargetListener.Registration::close);
    }
  }
}
