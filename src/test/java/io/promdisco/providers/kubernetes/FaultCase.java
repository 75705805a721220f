package io.promdisco.providers.kubernetes;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.discovery.Discoverer;
import io.promdisco.http.Sender;
import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.providers.kubernetes.ServerFault.Effect;
import io.promdisco.providers.kubernetes.ServerFault.Phase;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.sim.DemoCluster;
import io.promdisco.sim.Fault;
import io.promdisco.sim.FaultRule;
import io.promdisco.sim.InjectedFault;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimClient;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One cell of the fault matrix: discovery of one role with a simulated server, a fault, and the
 * properties that must hold during and after it. Time passes only when discovery waits for it.
 */
final class FaultCase implements AutoCloseable {
  private static final Duration RECOVERY = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(10); // of the test, in real time
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final long LARGEST_OBJECT = 16 << 20;
  private static final int MOST_THREADS = 30;

  private static final Pattern KEEPING =
      Pattern.compile(" keeping ([0-9]+) objects?, next try in .* ms$");

  /** The number of polls without a new timer after which the clock advances. */
  static final int STEADY_POLLS = 4;

  private final int steadyPolls;
  private final Role role;
  private final Phase phase;
  private final ServerFault weather;
  private final Resource<?> resource;
  private final ManualTicker ticker = new ManualTicker();
  private final SimCluster cluster = new SimCluster();
  private final SimApiServer server;
  private final CapturedLog log = new CapturedLog();
  private final CollectorRegistry counted = new CollectorRegistry();
  private final RecordingSink sink = new RecordingSink();
  private final KubernetesSdConfig config;
  private final KubernetesDiscovererFactory factory;
  private @Nullable Discoverer discoverer;
  private final Set<Thread> others = Set.copyOf(Thread.getAllStackTraces().keySet());
  private @Nullable InjectedFault breaker; // for each watch that is accepted
  private boolean recovering;
  private List<Duration> lastPending = List.of();
  private int steady;
  private final Set<Integer> kept = new TreeSet<>(); // possible numbers of objects when it breaks
  private List<Map<String, String>> expected = List.of();
  private int mostThreads;
  private int mostConnections;

  /**
   * Creates a cell.
   *
   * @param tls the certificates of the server for TLS, with HTTP/2; null for plain HTTP
   */
  FaultCase(
      Role role, Phase phase, ServerFault weather, int steadyPolls, @Nullable Certificates tls)
      throws GeneralSecurityException {
    this.steadyPolls = steadyPolls;
    this.role = role;
    this.phase = phase;
    this.weather = weather;
    resource = RoleWatches.of(role, AttachMetadata.NONE).primary();
    DemoCluster.create(cluster).close();
    SimOptions options = new SimOptions().ticker(ticker);
    if (phase == Phase.FIRST_LIST) {
      options.streamingLists(SimOptions.StreamingLists.REFUSED_AS_INVALID);
    }
    if (weather == ServerFault.ENDLESS_OBJECT) {
      options.refuseProtobuf();
    }
    HttpClientConfig http = HttpClientConfig.DEFAULT;
    if (tls != null) {
      options.tls(tls.server(), tls.authority());
      http = HttpClientConfigs.withTls(TlsConfig.builder().ca(tls.authority()).build());
    }
    server = SimApiServer.start(cluster, options);
    config = config(server.url().toString(), http);
    factory =
        new KubernetesDiscovererFactory(
            new ApiServerClientFactory(ticker), ticker, new PrometheusMetrics(counted));
  }

  private KubernetesSdConfig config(String url, HttpClientConfig http) {
    return KubernetesSdConfig.builder(role).apiServer(url).http(http).build();
  }

  /** Starts and ends the fault, and throws if a property does not hold. */
  void run() throws Exception {
    boolean first = phase == Phase.FIRST_LIST || phase == Phase.STREAMING_LIST;
    List<Map<String, String>> before = List.of();
    if (!first) {
      start();
      before = fresh();
      expected = before;
      await("the first targets", this::isAsFresh);
    }
    addKept();
    // It may break when the first list is there.
    boolean mayHaveList = first && weather.effect(phase) == Effect.MAY_BREAK;
    if (mayHaveList) {
      addKept();
    }
    InjectedFault injection = strike(first);
    boolean breaksEach = phase == Phase.BETWEEN && weather.fault() instanceof Fault.Break;
    breaker = breaksEach ? injection : null;
    awaitTrouble(injection);
    breaker = null;
    change();
    if (mayHaveList) {
      addKept();
    }
    if (weather.effect(phase) == Effect.BREAKS || weather.effect(phase) == Effect.DELAYS) {
      assertThat(sink.syncs()).as("lists taken as complete").isEqualTo(first ? 0 : 1);
      if (weather == ServerFault.CACHE_FILLING) { // New objects may still be found.
        assertThat(addresses(sortedTargets())).as("targets kept").containsAll(addresses(before));
      } else {
        assertThat(sortedTargets()).as("targets kept").isEqualTo(before);
      }
    }
    if (injection != null) {
      boundsHold(injection);
    }
    heal();
    Duration recovery = awaitRecovery();
    if (recovery.compareTo(RECOVERY) > 0) {
      throw new LateException(recovery);
    }
    change();
    await("targets after a further change", this::isAsFresh);
    await("the end of the fault in the log", () -> said("INFO", "works again") == said("WARN"));
    await("the end of all failures", () -> sink.failures().isEmpty());
    toldAndCounted();
    note();
    assertThat(mostThreads).as("threads").isLessThanOrEqualTo(MOST_THREADS);
    int watches = RoleWatches.of(role, AttachMetadata.NONE).watches().size();
    assertThat(mostConnections).as("connections").isLessThanOrEqualTo(2 * watches);
  }

  private void start() throws Exception {
    discoverer = factory.create(config, "kubernetes/0");
    discoverer.start(sink);
  }

  private @Nullable InjectedFault strike(boolean first) throws Exception {
    if (first && weather == ServerFault.REFUSED) {
      server.stopListening();
    }
    Fault fault = weather.fault();
    InjectedFault injection = null;
    if (fault != null && phase == Phase.WATCH) {
      injection = server.faults().strikeNow(resource, ServerFault.running(fault));
      if (!(fault instanceof Fault.Break)) {
        change();
        server.sendBookmarks();
      }
    } else if (fault != null) {
      String verb = phase == Phase.FIRST_LIST ? "list" : "watch";
      FaultRule rule = FaultRule.once(resource, verb, fault);
      injection = server.faults().add(onlyOnce() ? rule : rule.untilHealed());
    }
    boolean goesOn = phase != Phase.WATCH && !onlyOnce();
    if (fault != null && weather.effect(phase) == Effect.BREAKS && !goesOn) {
      String verb = phase == Phase.FIRST_LIST ? "list" : "";
      server.faults().add(FaultRule.once(resource, verb, Fault.Break.HANG_UP).untilHealed());
    }
    if (first) {
      start();
    } else if (phase == Phase.BETWEEN) {
      server.endWatches();
    }
    switch (weather) {
      case REFUSED -> server.stopListening();
      case CLOCK_FORWARD -> ticker.jump(Duration.ofDays(400));
      case CLOCK_BACK -> ticker.jump(Duration.ofDays(-400));
      case ASLEEP_FOR_HOURS -> ticker.advance(Duration.ofHours(5));
      default -> {}
    }
    return injection;
  }

  /** Waits until the fault has occurred, twice if it continues. */
  private void awaitTrouble(@Nullable InjectedFault injection) throws IOException {
    if (weather == ServerFault.REFUSED) {
      await("failures", () -> failures() >= 2);
    }
    if (injection == null) {
      return;
    }
    boolean once = phase == Phase.WATCH || weather.effect(phase) != Effect.BREAKS || onlyOnce();
    await(
        "the fault",
        () -> {
          if (weather == ServerFault.WRONG_CONTENT_TYPE) {
            ticker.advance(Sender.WORDS_PATIENCE); // If the stream has no data for the excerpt.
          }
          return injection.struck() >= (once ? 1 : 2);
        });
    if (isSilent()) {
      await("silence", () -> injection.stalling() > 0);
    }
    if (weather.effect(phase) == Effect.DELAYS) {
      ticker.advance(Duration.ofSeconds(20));
    }
    if (weather.effect(phase) == Effect.BREAKS) {
      await(
          "a failure",
          () -> {
            if (isSilent()) {
              ticker.advance(Duration.ofMinutes(1)); // Until it is longer than discovery waits.
            }
            return failures() >= 1;
          });
    }
  }

  private boolean onlyOnce() {
    return isSilent() || weather == ServerFault.ENDLESS_OBJECT;
  }

  /** Whether only the clock ends it. */
  private boolean isSilent() {
    return weather == ServerFault.STALL
        || (weather == ServerFault.FOUR_GIGABYTES && phase == Phase.FIRST_LIST);
  }

  private void heal() throws IOException {
    server.faults().healAll();
    server.listenAgain();
    server.sendBookmarks();
  }

  private Duration awaitRecovery() {
    long healed = ticker.nanos();
    recovering = true;
    await("the targets of a fresh start", this::isAsFresh);
    recovering = false;
    return Duration.ofNanos(ticker.nanos() - healed);
  }

  private void boundsHold(InjectedFault injection) {
    assertThat(injection.flood())
        .as("bytes of an object that were taken")
        .isLessThanOrEqualTo(LARGEST_OBJECT + onTheWay());
  }

  /** Returns how many bytes may be in the buffers of both ends, which the system may enlarge. */
  private static long onTheWay() {
    return largestBuffer("tcp_rmem") + largestBuffer("tcp_wmem");
  }

  private static long largestBuffer(String direction) {
    try {
      // Such a file can be read only once.
      String sizes = Files.readAllLines(Path.of("/proc/sys/net/ipv4", direction)).get(0);
      return Long.parseLong(sizes.substring(sizes.lastIndexOf('\t') + 1));
    } catch (IOException e) {
      return 6 << 20; // Not Linux.
    }
  }

  private void toldAndCounted() {
    int broke = said("WARN");
    switch (weather.effect(phase)) {
      case BREAKS -> {
        assertThat(broke).as("lines that say that it broke").isEqualTo(1);
        assertThat(failures()).as("failures counted").isGreaterThanOrEqualTo(1);
      }
      case MAY_BREAK -> assertThat(broke).as("lines that say that it broke").isLessThan(2);
      case NONE, DELAYS -> assertThat(broke).as("lines that say that it broke").isZero();
    }
    assertThat(log.lines(server.url() + " ", "WARN")).allMatch(this::saysWhatIsKept);
  }

  /**
   * Records the number of objects of each resource that the role watches. A first list that breaks
   * may have returned any number of them.
   */
  private void addKept() {
    RoleWatches.of(role, AttachMetadata.NONE)
        .watches()
        .forEach(watch -> kept.add(cluster.list(watch.resource(), "", "", "").size()));
  }

  private boolean saysWhatIsKept(String line) {
    Matcher found = KEEPING.matcher(line);
    if (!found.find()) {
      return false;
    }
    int number = Integer.parseInt(found.group(1));
    boolean first = phase == Phase.FIRST_LIST || phase == Phase.STREAMING_LIST;
    return kept.contains(number) || (first && number <= Collections.max(kept));
  }

  private int said(String... parts) {
    String[] all = new String[parts.length + 1];
    System.arraycopy(parts, 0, all, 0, parts.length);
    all[parts.length] = server.url() + " " + resource.plural() + ": ";
    return log.lines(all).size();
  }

  private int failures() {
    Double value =
        counted.getSampleValue(
            "promdisco_kubernetes_watch_failures_total",
            new String[] {"server", "resource"},
            new String[] {server.url().toString(), resource.plural()});
    return value == null ? 0 : value.intValue();
  }

  /** Adds, changes and deletes one object of the role each. */
  private void change() {
    List<ObjectNode> all = cluster.list(resource, "", "", "");
    ObjectNode added = all.get(0).deepCopy();
    String name = "new-" + cluster.resourceVersion();
    metadata(added).put("name", name).remove(List.of("uid", "resourceVersion"));
    cluster.create(added);
    ObjectNode changed = all.get(1).deepCopy();
    metadata(changed).withObjectProperty("labels").put("changed", name);
    cluster.apply(changed);
    cluster.delete(all.get(2));
    expected = fresh();
  }

  private static ObjectNode metadata(ObjectNode object) {
    return (ObjectNode) object.path("metadata");
  }

  private boolean isAsFresh() {
    return sink.syncs() == 1 && sortedTargets().equals(expected);
  }

  private List<Map<String, String>> sortedTargets() {
    return ConformanceCase.sorted(sink.targets());
  }

  private static List<String> addresses(List<Map<String, String>> targets) {
    return targets.stream().map(target -> target.getOrDefault("__address__", "")).toList();
  }

  /** Returns what newly started discovery finds without faults. */
  private List<Map<String, String>> fresh() {
    RecordingSink found = new RecordingSink();
    try (KubernetesDiscovererFactory calm =
            new KubernetesDiscovererFactory(
                any -> new SimClient(cluster, "calm"), new ManualTicker(), Metrics.none());
        Discoverer fresh = calm.create(config, "fresh/0")) {
      fresh.start(found);
      eventually(() -> assertThat(found.syncs()).isEqualTo(1)); // While the clock does not advance.
    } catch (Exception e) {
      throw new AssertionError("a fresh start failed", e);
    }
    return ConformanceCase.sorted(found.targets());
  }

  /** Waits for {@code condition}, and advances the clock for short pauses. */
  private void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError(what + " did not come; failing: " + sink.failures());
      }
      note();
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
      List<Duration> pending = ticker.pending();
      boolean isUsed = isBreaking() || (recovering && allWatch());
      if (!isUsed
          && isSteady()
          && !pending.isEmpty()
          && pending.get(0).compareTo(LONGEST_PAUSE) < 0) {
        ticker.advance(pending.get(0));
      }
    }
  }

  /** Whether no timer was set or cancelled for some polls, so that a thread may be working. */
  private boolean isSteady() {
    List<Duration> now = ticker.pending();
    steady = now.equals(lastPending) ? steady + 1 : 0;
    lastPending = now;
    return steady >= steadyPolls;
  }

  private boolean allWatch() {
    return RoleWatches.of(role, AttachMetadata.NONE).watches().stream()
        .allMatch(watch -> server.runningWatches(watch.resource()) > 0);
  }

  /**
   * Whether a watch is running that the fault is about to break, or has broken without its client
   * noticing.
   */
  private boolean isBreaking() {
    return breaker != null
        && (server.runningWatches(resource) > 0 || failures() < breaker.struck());
  }

  /** The server notices with a delay that its client has closed a connection. */
  private int openConnections() {
    int limit = 2 * RoleWatches.of(role, AttachMetadata.NONE).watches().size();
    int open = server.connections();
    for (int i = 0; i < 100 && open > limit; i++) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      open = server.connections();
    }
    return open;
  }

  private void note() {
    mostConnections = Math.max(mostConnections, openConnections());
    Thread[] all = new Thread[2 * Thread.activeCount() + 20];
    int count = Thread.enumerate(all);
    int ours = 0;
    for (int i = 0; i < count; i++) {
      String name = all[i].getName();
      boolean server = name.startsWith("sd-sim-") || name.startsWith("sd-fresh");
      ours += server || others.contains(all[i]) ? 0 : 1;
    }
    mostThreads = Math.max(mostThreads, ours);
  }

  int mostThreads() {
    return mostThreads;
  }

  int mostConnections() {
    return mostConnections;
  }

  @Override
  public void close() {
    try (log;
        server;
        factory) {
      if (discoverer != null) {
        discoverer.close();
      }
    }
  }

  /** It took too long by the test's clock, which may have advanced too fast for a busy machine. */
  static final class LateException extends Exception {
    private static final long serialVersionUID = 1;

    LateException(Duration recovery) {
      super("recovered after " + recovery + " (expected: at most " + RECOVERY + ")");
    }
  }
}
