package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.SdConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.SyncChannel;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.util.Closer;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.ArrayList;
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
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Runs a provider for each distinct SD config of all jobs, and passes on what changes.
 *
 * <p>Safe for all threads. Locks, in this order: the apply lock (this object's monitor) is held
 * while providers are started and closed; the state lock guards the list of providers for those who
 * look; the pool has its own. No discoverer is called under the state lock or the pool's.
 */
public final class DiscoveryManager implements TargetSetReader, AutoCloseable {
  /**
   * How long the targets of a source that the configuration no longer names stay at most, while the
   * one in its place has neither delivered nor failed.
   */
  static final Duration HANDOVER = Duration.ofSeconds(5);

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
  private boolean closed;

  private volatile @Nullable UpdateSender sender; // written once, by start

  private final Lock state = new ReentrantLock();
  private final Condition changed = state.newCondition();

  @GuardedBy("state")
  private Map<SdConfig, Provider> providers = new LinkedHashMap<>();

  @GuardedBy("state")
  private Map<String, List<String>> jobsOfProvider = Map.of();

  @GuardedBy("state")
  private long applied; // configurations, so far

  @GuardedBy("state")
  private long appliedAndSent; // of those, the last one that the channel has taken

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
        public void settled(Provider provider) {
          pool.settle(provider.name());
        }

        @Override
        public void delivered(Provider provider) {
          wake();
        }

        @Override
        public void failing(Provider provider) {
          settle(provider);
        }
      };

  /**
   * A manager that has nothing to do yet.
   *
   * @param factories asked in order; the first that accepts an SD config makes its discoverer. They
   *     are closed with the manager
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

  /** Begins to send to {@code channel}. Called once. */
  public synchronized void start(SyncChannel channel) {
    if (closed || sender != null) {
      throw new IllegalStateException("the manager was started or closed before");
    }
    UpdateSender made = new UpdateSender(pool, channel, ticker, metrics, () -> delivered(channel));
    made.start();
    sender = made;
    wake();
  }

  /**
   * Announces the jobs of the next {@link #apply}: jobs whose sources change become incomplete, and
   * missing jobs are removed. Call it before other rules relabel the targets, so that old targets
   * under new rules never count as complete.
   *
   * @param jobs the SD configs of each job
   */
  public synchronized void expect(Map<String, List<SdConfig>> jobs) {
    if (!closed) {
      completeness.expect(jobs);
    }
  }

  /**
   * Discovers for these jobs from now on. Equal SD configs share a provider; one that ran before
   * goes on with its targets, whatever job it belongs to now. A provider that cannot be made is
   * reported in {@link #status} and tried again with the next call. The targets of a provider that
   * a job no longer has stay until those in its place have delivered or failed, at most {@link
   * #HANDOVER}.
   *
   * @param jobs the SD configs of each job
   */
  public synchronized void apply(Map<String, List<SdConfig>> jobs) {
    if (closed) {
      return;
    }
    completeness.expect(jobs);
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
    now.values().forEach(provider -> pool.addProvider(provider.name()));
    sets.forEach(pool::putSet);
    pool.retainSets(sets.keySet());
    publish(now, users);
    completeness.place(ofJobs);
    wake();
    start(fresh); // Before the old ones end: they may share a watch.
    before.forEach(
        (config, provider) -> {
          if (now.get(config) != provider) {
            close(provider);
          }
        });
    if (!fresh.isEmpty()) {
      ticker.schedule(HANDOVER, () -> fresh.forEach(this::settle));
    }
    failedConfigs.set(
        (double) now.values().stream().filter(provider -> !provider.started()).count(), NAME);
  }

  @GuardedBy("this")
  private String name(SdConfig config) {
    int number = numbers.merge(config.mechanism(), 1, Integer::sum) - 1;
    return config.mechanism() + "/" + number;
  }

  /** Makes all before the first starts, so that those that share something know of each other. */
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
      settle(provider);
      signalChange();
    }
  }

  private void settle(Provider provider) {
    pool.settle(provider.name());
    wake();
  }

  private Discoverer make(Provider provider) throws DiscoveryException {
    for (DiscovererFactory factory : factories) {
      if (factory.accepts(provider.config())) {
        return factory.create(provider.config(), provider.name());
      }
    }
    throw new DiscoveryException(
        provider.config().mechanism() + "_sd_configs: no source for it (expected: a factory)");
  }

  private void close(Provider provider) {
    pool.removeProvider(provider.name());
    try {
      provider.close();
    } catch (RuntimeException e) {
      log.error("{}: could not be closed in good order", provider.name(), e);
    }
  }

  /** How each provider is, in the order of the configuration. */
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

  /** Which jobs are complete, in the order of the configuration. */
  public List<JobStatus> jobs() {
    return completeness.all();
  }

  /** Whether a job is complete; empty if there is no such job. */
  public Optional<JobStatus> job(String name) {
    return completeness.of(name);
  }

  /**
   * Calls {@code listener} each time a job becomes complete or incomplete, is added or removed, on
   * the thread that caused it. The listener must return quickly and may call only methods that
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
   * Waits until the jobs that were applied last, and everything that was there when their providers
   * started, have been sent and taken. Does not wait for providers that could not be created.
   * Before the first call of {@link #apply} nothing is synced.
   *
   * @return false if {@code timeout} ran out or the manager was closed first
   */
  public boolean awaitSynced(Duration timeout) throws InterruptedException {
    long end = ticker.nanos() + timeout.toNanos();
    Ticker.Alarm alarm = ticker.schedule(timeout, this::signalChange); // Never before the end.
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

  /** Before a send: what is in the pool; after it, that has been sent. */
  private UpdateSender.Send delivered(SyncChannel channel) {
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
    List<Provider> whole = done.stream().filter(Provider::deliveredWhole).toList();
    Consumer<Set<String>> sent = completeness.sending();
    return new UpdateSender.Send() {
      @Override
      public void handedOver(Set<String> pending) {
        whole.forEach(Provider::sentWhole);
        sent.accept(pending);
      }

      @Override
      public void inForce() {
        sent.accept(Set.of());
        done.forEach(Provider::sent); // Last: who waited for that finds the jobs complete.
        boolean synced;
        state.lock();
        try {
          appliedAndSent = Math.max(appliedAndSent, configuration);
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

  private void publish(Map<SdConfig, Provider> now, Map<String, List<String>> users) {
    state.lock();
    try {
      providers = now;
      jobsOfProvider = users;
      applied++;
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
  public void forEachGroup(String job, BiConsumer<String, TargetGroup> action) {
    pool.forEachGroup(job, action);
  }

  /**
   * Ends all providers, the sender and the factories. A channel may call it: its own call ends then
   * after this one, and is the last.
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
