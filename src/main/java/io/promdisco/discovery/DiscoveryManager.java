package io.promdisco.discovery;

import com.google.common.collect.Sets;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.Internal;
import io.promdisco.config.SdConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetListener;
import io.promdisco.model.TargetSetReader;
import io.promdisco.util.Closer;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Runs a provider for each distinct SD config of all jobs, and passes on changes.
 *
 * <p>Safe for all threads. Locks are taken in this order: the apply lock (this object's monitor),
 * held while providers are started and closed; the state lock, which guards the list of providers
 * for readers; the pool's lock. No discoverer is called under the state lock or the pool's lock.
 *
 * @hidden
 */
@Internal
public final class DiscoveryManager implements TargetSetReader, AutoCloseable {
  /**
   * How long a job keeps its old sources and rules at most, while the new sources have not all
   * delivered.
   */
  static final Duration SWITCH_LIMIT = Duration.ofSeconds(5);

  private static final String NAME = "scrape";
  private static final Logger log = EscapingLogger.of(DiscoveryManager.class);

  private final List<DiscovererFactory> factories;
  private final Ticker ticker;
  private final Metrics metrics;
  private final Metrics.Counter received;
  private final Metrics.Gauge failedConfigs;
  private final TargetPool pool = new TargetPool();
  private final Completeness completeness;

  @GuardedBy("this")
  private final Map<String, Integer> numbers = new HashMap<>();

  @GuardedBy("this")
  private long configurations; // the number of configurations so far

  @GuardedBy("this")
  private boolean closed;

  private volatile @Nullable UpdateSender sender; // written once, by start

  private final Lock state = new ReentrantLock();
  private final Condition changed = state.newCondition();

  @GuardedBy("state")
  private Map<SdConfig, Provider> providers = new LinkedHashMap<>();

  @GuardedBy("state")
  private Map<String, List<String>> jobsOfProvider = Map.of();

  @GuardedBy("state")
  private long applied; // the number of the newest configuration

  @GuardedBy("state")
  private long
      appliedAndSent; // the number of the newest configuration that is in force for all jobs

  @GuardedBy("state")
  private boolean ended;

  private final Provider.Owner owner =
      new Provider.Owner() {
        @Override
        public void update(Provider provider, List<TargetGroup> groups) {
          received.inc(NAME);
          if (pool.update(provider.name(), groups)) {
            wake();
          }
        }

        @Override
        public void deliveringAllParts(Provider provider) {
          pool.settle(provider.name(), true);
        }

        @Override
        public void delivered(Provider provider) {
          wake();
        }
      };

  /**
   * Creates a manager without providers.
   *
   * @param factories the first one that accepts an SD config creates its discoverer. They are
   *     closed with the manager
   */
  public DiscoveryManager(List<DiscovererFactory> factories, Ticker ticker, Metrics metrics) {
    this.factories = List.copyOf(factories);
    this.ticker = ticker;
    this.metrics = metrics;
    received =
        metrics.counter(
            "prometheus_sd_received_updates_total",
            "Number of update events received from the SD providers.",
            "name");
    failedConfigs =
        metrics.gauge(
            "prometheus_sd_failed_configs",
            "Current number of service discovery configurations that failed to load.",
            "name");
    failedConfigs.set(0, NAME);
    completeness = new Completeness(metrics);
  }

  /** Starts to send to {@code channel}. Called once. */
  public synchronized void start(TargetSetListener channel) {
    if (closed || sender != null) {
      throw new IllegalStateException("the manager is started or closed already");
    }
    UpdateSender made = new UpdateSender(pool, channel, ticker, metrics, () -> delivered(channel));
    made.start();
    sender = made;
    wake();
  }

  /**
   * Announces the jobs of the next {@link #apply}: removes missing jobs, and makes new ones
   * incomplete. Call it before the targets of missing jobs are removed, so that an empty job never
   * counts as complete.
   */
  public synchronized void expect(Collection<String> jobs) {
    if (!closed) {
      completeness.expect(jobs);
    }
  }

  /** Same as {@link #apply(Map, Set)}, for jobs whose rules have not changed. */
  public void apply(Map<String, List<SdConfig>> jobs) {
    apply(jobs, Set.of());
  }

  /**
   * Discovers for these jobs from now on. Equal SD configs share a provider. An existing provider
   * keeps running with its targets, whatever job it now belongs to. A provider that cannot be
   * created is reported in {@link #status} and retried with the next call.
   *
   * <p>A job whose sources or rules differ keeps the old ones, with their targets, until all its
   * providers have delivered, at most {@link #SWITCH_LIMIT}. Then the channel gets the whole job
   * with the number of this configuration.
   *
   * @param jobs the SD configs of each job
   * @param reshaped the jobs whose rules differ from the previous configuration
   */
  public synchronized void apply(Map<String, List<SdConfig>> jobs, Set<String> reshaped) {
    if (closed) {
      return;
    }
    completeness.expect(jobs.keySet());
    Map<SdConfig, Provider> before = snapshot();
    Map<String, List<Provider>> ofJobs = new HashMap<>();
    Map<SdConfig, Provider> now = new LinkedHashMap<>();
    Map<String, List<String>> users = new HashMap<>();
    Map<String, List<String>> sets = new LinkedHashMap<>();
    List<Provider> fresh = new ArrayList<>();
    jobs.forEach(
        (job, configs) -> {
          Set<String> names = new LinkedHashSet<>();
          List<Provider> distinct = new ArrayList<>();
          for (SdConfig config : configs) {
            Provider provider = now.get(config);
            if (provider == null) {
              provider = before.get(config);
              if (provider == null || !provider.started()) {
                provider = new Provider(name(config), job, config, owner, ticker);
                fresh.add(provider);
              }
              now.put(config, provider);
            }
            if (names.add(provider.name())) {
              distinct.add(provider);
              users.computeIfAbsent(provider.name(), name -> new ArrayList<>()).add(job);
            }
          }
          sets.put(job, List.copyOf(names));
          ofJobs.put(job, List.copyOf(distinct));
        });
    long configuration = ++configurations;
    pool.configure(configuration, sets, reshaped);
    publish(
        configuration,
        now,
        users); // Must be last: a thread that sees its number drains these sets.
    completeness.place(configuration, ofJobs, reshaped);
    wake();
    start(fresh); // Before the old ones are closed, because they may share a watch.
    before.forEach(
        (config, provider) -> {
          if (now.get(config) != provider) {
            close(provider);
          }
        });
    if (pool.isWaiting()) {
      ticker.schedule(SWITCH_LIMIT, () -> endWait(configuration));
    }
    failedConfigs.set(
        (double) now.values().stream().filter(provider -> !provider.started()).count(), NAME);
  }

  @GuardedBy("this")
  private String name(SdConfig config) {
    int number = numbers.merge(config.mechanism(), 1, Integer::sum) - 1;
    return config.mechanism() + "/" + number;
  }

  /**
   * Creates all before it starts the first, so that discoverers that share something know of each
   * other.
   */
  private void start(List<Provider> fresh) {
    Map<Provider, Discoverer> made = new LinkedHashMap<>();
    for (Provider provider : fresh) {
      orRefuse(provider, () -> made.put(provider, make(provider)));
    }
    made.forEach((provider, discoverer) -> orRefuse(provider, () -> provider.start(discoverer)));
  }

  /** A step of a provider's start. */
  private interface Step {
    void run() throws DiscoveryException;
  }

  private void orRefuse(Provider provider, Step step) {
    try {
      step.run();
    } catch (DiscoveryException | RuntimeException | LinkageError e) {
      String reason =
          e instanceof DiscoveryException ? String.valueOf(e.getMessage()) : e.toString();
      log.warn("{}: cannot be discovered: {}", provider.name(), reason);
      provider.refuse(reason);
      pool.settle(provider.name(), false);
      wake();
      signalChange();
    }
  }

  private void endWait(long configuration) {
    pool.switchAll(configuration);
    wake();
  }

  private Discoverer make(Provider provider) throws DiscoveryException {
    for (DiscovererFactory factory : factories) {
      if (factory.accepts(provider.config())) {
        return factory.create(provider.config(), provider.name());
      }
    }
    throw new DiscoveryException(
        provider.config().mechanism() + "_sd_configs: no factory for it (expected: one)");
  }

  private void close(Provider provider) {
    pool.removeProvider(provider.name());
    try {
      provider.close();
    } catch (RuntimeException e) {
      log.error("{}: could not be closed cleanly", provider.name(), e);
    }
  }

  /** Returns the status of each provider, in the order of the configuration. */
  public List<ProviderStatus> status() {
    Map<String, List<String>> users;
    List<Provider> all;
    state.lock();
    try {
      users = jobsOfProvider;
      all = List.copyOf(providers.values());
    } finally {
      state.unlock();
    }
    List<ProviderStatus> out = new ArrayList<>();
    for (Provider provider : all) {
      out.add(
          provider.status(
              users.getOrDefault(provider.name(), List.of()), pool.targets(provider.name())));
    }
    return out;
  }

  /** Returns the status of each job, in the order of the configuration. */
  public List<JobStatus> jobs() {
    return completeness.all();
  }

  /** Returns the status of a job; empty if there is no such job. */
  public Optional<JobStatus> job(String name) {
    return completeness.of(name);
  }

  /**
   * Calls {@code listener} whenever a job is added or removed, or becomes complete or incomplete,
   * on the thread that caused it. The listener must return quickly and may call only methods that
   * read.
   */
  public void addJobListener(Runnable listener) {
    completeness.add(listener);
  }

  /** Removes a listener of {@link #addJobListener}. */
  public void removeJobListener(Runnable listener) {
    completeness.remove(listener);
  }

  /**
   * Waits until the jobs that were applied last, and everything that their providers found at the
   * start, have been sent and accepted. Does not wait for providers that could not be created.
   * Before the first call of {@link #apply}, nothing is synced.
   *
   * @return false if {@code timeout} expired or the manager was closed first
   */
  public boolean awaitSynced(Duration timeout) throws InterruptedException {
    long end = ticker.nanos() + timeout.toNanos();
    Ticker.Alarm alarm =
        ticker.schedule(timeout, this::signalChange); // The timer never fires too early.
    state.lockInterruptibly();
    try {
      while (!allSynced()) {
        if (ended || ticker.nanos() - end >= 0) {
          return false;
        }
        changed.await();
      }
      return true;
    } finally {
      state.unlock();
      alarm.cancel();
    }
  }

  @GuardedBy("state")
  private boolean allSynced() {
    if (applied == 0 || appliedAndSent < applied) {
      return false;
    }
    for (Provider provider : providers.values()) {
      if (!provider.isSynced() && !provider.refused()) {
        return false;
      }
    }
    return true;
  }

  /** Called before a send with what is in the pool; the result is called after that was sent. */
  private UpdateSender.Send delivered(TargetSetListener channel) {
    List<Provider> all;
    long configuration;
    state.lock();
    try {
      all = List.copyOf(providers.values());
      configuration = applied;
    } finally {
      state.unlock();
    }
    List<Provider> done = all.stream().filter(Provider::delivered).toList();
    List<Provider> whole = done.stream().filter(Provider::hasDeliveredAllParts).toList();
    Consumer<Set<String>> sent = completeness.sending();
    return new UpdateSender.Send() {
      private Set<String> waiting = Set.of();

      @Override
      public void drained(TargetPool.Drain drain) {
        waiting = drain.waiting();
        completeness.switching(drain);
      }

      @Override
      public void handedOver(Set<String> pending) {
        whole.forEach(Provider::sentAllParts);
        sent.accept(Sets.union(waiting, pending));
      }

      @Override
      public void inForce() {
        sent.accept(waiting);
        done.forEach(
            Provider::sent); // Must be last: threads that wait for it then find the jobs complete.
        boolean synced;
        state.lock();
        try {
          if (waiting.isEmpty()) {
            appliedAndSent = Math.max(appliedAndSent, configuration);
          }
          synced = allSynced();
          changed.signalAll();
        } finally {
          state.unlock();
        }
        if (synced) {
          channel.onSynced(configuration);
        }
      }
    };
  }

  private Map<SdConfig, Provider> snapshot() {
    state.lock();
    try {
      return providers;
    } finally {
      state.unlock();
    }
  }

  private void publish(
      long configuration, Map<SdConfig, Provider> now, Map<String, List<String>> users) {
    state.lock();
    try {
      providers = now;
      jobsOfProvider = users;
      applied = configuration;
      changed.signalAll();
    } finally {
      state.unlock();
    }
  }

  private void signalChange() {
    state.lock();
    try {
      changed.signalAll();
    } finally {
      state.unlock();
    }
  }

  private void wake() {
    UpdateSender running = sender;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public TargetSet read(String job) {
    return pool.read(job);
  }

  /**
   * Closes all providers, the sender and the factories. The channel may call it; then the running
   * call of the channel is the last one, and ends after this method.
   */
  @Override
  public void close() {
    Closer closer = new Closer();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      completeness.end();
      factories.forEach(closer::add);
      UpdateSender running = sender;
      if (running != null) {
        closer.add(running);
      }
      snapshot().values().forEach(provider -> closer.add(provider::close));
      failedConfigs.remove(NAME);
    }
    state.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      state.unlock();
    }
    closer.close();
  }
}
