package io.promdisco;

import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryManager;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.dns.DnsDiscovererFactory;
import io.promdisco.providers.file.FileDiscovererFactory;
import io.promdisco.providers.fixed.StaticDiscovererFactory;
import io.promdisco.providers.http.HttpDiscovererFactory;
import io.promdisco.providers.kubernetes.KubernetesDiscovererFactory;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.refresh.RefreshLoop;
import io.promdisco.scrape.CloseResult;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.ScrapeManager;
import io.promdisco.scrape.TargetListener;
import io.promdisco.util.Closer;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.SystemTicker;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Discovers the targets of a configuration. The entry point of the library.
 *
 * <p>There is no static state: a process may have several instances, each with its own threads,
 * connections and targets. Safe for all threads.
 *
 * <pre>{@code
 * Configuration configuration = new ConfigLoader().load(Path.of("prometheus.yml"));
 * try (Promdisco promdisco = Promdisco.builder().build()) {
 *   promdisco.listen(change -> change.added().forEach(target -> System.out.println(target.scrapeUrl())));
 *   promdisco.apply(configuration);
 *   promdisco.awaitSynced(Duration.ofSeconds(30));
 * }
 * }</pre>
 */
public final class Promdisco implements AutoCloseable {
  /** How long {@link #close()} delivers waiting changes by default: 5 s. */
  public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** About 73 years, because the clock counts nanoseconds in 64 bits. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

  private final Closer closer = new Closer();
  private final Duration closeTimeout;
  private final DiscoveryManager discovery;
  private final ScrapeManager scrape;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<CloseResult> closed = new CompletableFuture<>();
  private volatile CloseResult result = CloseResult.COMPLETE; // written once, by the first close

  private Promdisco(Builder builder) {
    closeTimeout = builder.closeTimeout;
    try {
      SystemTicker ticker = closer.add(new SystemTicker());
      MemoryBudget memory = MemoryBudget.ofEach(builder.sourceMemory);
      List<DiscovererFactory> factories = new ArrayList<>();
      factories.add(new StaticDiscovererFactory());
      factories.add(
          new KubernetesDiscovererFactory(
              builder.clients.apply(ticker), ticker, builder.metrics, memory));
      factories.add(new FileDiscovererFactory(ticker, builder.metrics, memory));
      RefreshLoop loop = closer.add(new RefreshLoop(ticker, builder.metrics));
      factories.add(new HttpDiscovererFactory(loop, ticker, builder.metrics, memory));
      factories.add(new DnsDiscovererFactory(loop, builder.metrics, memory));
      factories.addAll(builder.factories);
      factories.add(new ThirdPartyFactories(ServiceLoader.load(DiscovererFactory.class)));
      discovery = new DiscoveryManager(factories, ticker, builder.metrics);
      scrape = closer.add(new ScrapeManager(discovery, builder.metrics));
      closer.add(discovery);
      discovery.start(scrape);
    } catch (RuntimeException | Error e) {
      closer.close();
      throw e;
    }
  }

  /** Returns a builder with the default of every setting. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Discovers the targets of {@code configuration} from now on. Sources that are equal to previous
   * ones keep their connections, watches and targets. A job whose sources or rules differ keeps the
   * old ones, with their targets, until all its sources have delivered, at most 5 s; then the new
   * ones come into force together. Returns without waiting for any server.
   *
   * @throws IllegalStateException if this is closed
   */
  public synchronized void apply(Configuration configuration) {
    Objects.requireNonNull(configuration, "configuration");
    checkOpen();
    Map<String, List<SdConfig>> sources = new LinkedHashMap<>();
    for (ScrapeConfig job : configuration.jobs()) {
      sources.put(job.jobName(), job.sdConfigs());
    }
    discovery.expect(sources.keySet());
    Set<String> reshaped = scrape.apply(configuration.jobs());
    discovery.apply(sources, reshaped);
  }

  /**
   * Waits until every source of the last applied configuration has delivered its first result, its
   * targets are in the pools, and every listener that was registered before this call has received
   * them: its {@link TargetListener#onChange} calls and {@link
   * TargetListener#onInitialStateComplete} have returned. Does not wait for a source that could not
   * be started. Before the first {@link #apply}, it waits for that call too.
   *
   * @param timeout how long to wait; 0 or less to check once
   * @return false if {@code timeout} expires first, or if this is closed meanwhile; {@link
   *     #providers} shows which source is missing
   * @throws IllegalStateException if this is closed, or if a listener of this instance calls it,
   *     because it would wait for itself
   */
  public boolean awaitSynced(Duration timeout) throws InterruptedException {
    Objects.requireNonNull(timeout, "timeout");
    checkOpen();
    if (scrape.isListenerThread()) {
      throw new IllegalStateException(
          "awaitSynced: called by a listener, which would wait forever (expected: a call"
              + " from another thread, or onInitialStateComplete)");
    }
    Duration most = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    most = most.isNegative() ? Duration.ZERO : most;
    long start = System.nanoTime();
    if (!discovery.awaitSynced(most)) {
      return false;
    }
    return scrape.awaitDelivered(most.minusNanos(System.nanoTime() - start)) && !closing.get();
  }

  /**
   * Calls {@code listener} with each change, on a separate thread; first with all targets that are
   * already known. Closing the registration ends the calls.
   *
   * @throws IllegalStateException if this is closed
   */
  public TargetListener.Registration listen(TargetListener listener) {
    Objects.requireNonNull(listener, "listener");
    checkOpen();
    return scrape.addListener(listener);
  }

  private void checkOpen() {
    if (closing.get()) {
      throw new IllegalStateException("promdisco: closed already (expected: a call before close)");
    }
  }

  /**
   * Returns the jobs with their targets, in the order of the configuration; empty after {@link
   * #close}.
   */
  public List<PoolView> pools() {
    return scrape.pools();
  }

  /** Returns the targets of a job; empty if there is no such job, and after {@link #close}. */
  public Optional<PoolView> pool(String job) {
    return scrape.pool(Objects.requireNonNull(job, "job"));
  }

  /**
   * Returns the status of each job, in the order of the configuration. A job is complete when every
   * one of its sources has delivered once. Before that, and after its sources have changed,
   * existing targets may be missing.
   */
  public List<JobStatus> jobs() {
    return discovery.jobs();
  }

  /** Returns the status of a job; empty if there is no such job. */
  public Optional<JobStatus> job(String name) {
    return discovery.job(name);
  }

  /**
   * Calls {@code listener} whenever the result of {@link #jobs} changes, on a thread of promdisco.
   * The listener must return quickly and must not call {@link #apply} or {@link #close}. Closing
   * the registration ends the calls.
   */
  public TargetListener.Registration listenToJobs(Runnable listener) {
    discovery.addJobListener(listener);
    return () -> discovery.removeJobListener(listener);
  }

  /**
   * Returns the state of each source: whether it is synced, and why it fails; after {@link #close},
   * its last state.
   */
  public List<ProviderStatus> providers() {
    return discovery.status();
  }

  /** Same as {@link #close(Duration)} with the time limit of the builder. */
  @Override
  public void close() {
    close(closeTimeout);
  }

  /**
   * Ends discovery, delivers waiting changes to listeners, and ends all threads and connections. A
   * listener that has not returned after {@code limit} is interrupted, and its waiting changes are
   * dropped, which is logged at WARN.
   *
   * <p>After this call has begun, {@link #apply}, {@link #listen} and {@link #awaitSynced} throw
   * {@link IllegalStateException}. Further calls have no effect; they wait for the first one and
   * return its result. A listener may call it: then its own waiting changes are dropped, and its
   * thread ends when it returns. If another thread is already closing, the listener's call returns
   * immediately with {@link CloseResult#COMPLETE}.
   *
   * @param limit how long to deliver to listeners; 0 or less to drop waiting changes. Closing
   *     sources and connections takes additional time
   * @return the dropped changes
   */
  public CloseResult close(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    boolean first;
    boolean listener = scrape.isListenerThread();
    if (listener) {
      first = closing.compareAndSet(false, true);
    } else {
      synchronized (this) { // A running apply() is completed first.
        first = closing.compareAndSet(false, true);
      }
    }
    if (!first) {
      return listener ? CloseResult.COMPLETE : closed.join();
    }
    Duration most = limit.compareTo(LONGEST) > 0 ? LONGEST : limit;
    Duration delivering = most.isNegative() ? Duration.ZERO : most;
    closer.add(() -> result = scrape.close(delivering));
    closer.add(discovery);
    try {
      closer.close();
    } finally {
      closed.complete(result);
    }
    return result;
  }

  /** Builds an instance. */
  public static final class Builder {
    private Metrics metrics = Metrics.none();
    private Function<Ticker, ResourceClientFactory> clients = ApiServerClientFactory::new;
    private final List<DiscovererFactory> factories = new ArrayList<>();
    private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;
    private long sourceMemory = SourceMemory.standard();

    private Builder() {}

    /**
     * Limits the memory of one source: a file or DNS SD config, an HTTP SD server, a watch of an
     * API server. A source that exceeds the limit fails with a message and keeps its last targets.
     * So does a source with which all sources of this instance would exceed half of the maximum
     * heap.
     *
     * @param bytes estimated while a source is read; more than 0. Default: a quarter of the maximum
     *     heap, at least 16 MiB
     */
    public Builder sourceMemory(long bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException("sourceMemory: " + bytes + " (expected: more than 0)");
      }
      sourceMemory = bytes;
      return this;
    }

    /** The metrics to count into. Default: none. */
    public Builder metrics(Metrics metrics) {
      this.metrics = Objects.requireNonNull(metrics, "metrics");
      return this;
    }

    /**
     * How long {@link Promdisco#close()} delivers waiting changes to listeners; 0 drops them.
     * Default: {@link Promdisco#DEFAULT_CLOSE_TIMEOUT}.
     *
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public Builder closeTimeout(Duration timeout) {
      if (timeout.isNegative()) {
        throw new IllegalArgumentException("closeTimeout: " + timeout + " (expected: 0 or more)");
      }
      closeTimeout = timeout;
      return this;
    }

    /**
     * The clients for API servers, created from the clock. Default: {@link ApiServerClientFactory},
     * which follows each SD config.
     */
    @Internal
    public Builder kubernetesClients(Function<Ticker, ResourceClientFactory> clients) {
      this.clients = Objects.requireNonNull(clients, "clients");
      return this;
    }

    /**
     * Adds a discovery kind to those of promdisco and those that {@link ServiceLoader} finds. It
     * takes precedence over the latter.
     */
    public Builder source(DiscovererFactory factory) {
      factories.add(Objects.requireNonNull(factory, "factory"));
      return this;
    }

    /** Starts the threads that need no configuration. */
    public Promdisco build() {
      return new Promdisco(this);
    }
  }
}
