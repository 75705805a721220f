package io.promdisco.server;

import io.promdisco.config.ConfigException;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelSpec;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.ScrapeManager;
import io.promdisco.scrape.TargetListener;
import io.promdisco.server.access.ServerLimits;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A real scrape manager, whose groups and job states are set by a test. */
final class FakeBackend implements Backend, TargetSetReader {
  private static final String PROVIDER = "static/0";

  final CollectorRegistry registry = new CollectorRegistry();
  final AtomicInteger reloads = new AtomicInteger();
  final List<ProviderStatus> providers = new CopyOnWriteArrayList<>();
  final Map<String, Object> config = new LinkedHashMap<>();

  /** Jobs that are not complete, or that replaced another job of the same name. */
  private final Map<String, JobStatus> jobs = new ConcurrentHashMap<>();

  private final List<Runnable> jobListeners = new CopyOnWriteArrayList<>();
  volatile @Nullable ConfigException refusal;
  volatile @Nullable RuntimeException breakage;
  volatile boolean unreadable;

  /** Runs each time before the targets are read. */
  volatile Runnable beforePools = () -> {};

  private final PrometheusMetrics metrics = new PrometheusMetrics(registry);
  private final ScrapeManager manager = new ScrapeManager(this, metrics);
  private final Map<String, List<TargetGroup>> groups = new ConcurrentHashMap<>();
  private final AtomicLong configuration = new AtomicLong();

  /** The default limits, with this number of streams in total and for each client. */
  static ServerLimits streams(int streams) {
    ServerLimits usual = ServerLimits.DEFAULT;
    return new ServerLimits(usual.connections(), usual.connectionsPerClient(), streams, streams);
  }

  /** Configures jobs that drop every target with a label {@code drop}. */
  void configure(String... jobs) {
    apply(Arrays.stream(jobs).map(FakeBackend::jobConfig).toList());
  }

  /** Configures the jobs of a file. */
  void configureFrom(String file, String yaml) {
    apply(
        new ConfigLoader()
            .read(file, yaml.getBytes(StandardCharsets.UTF_8), Path.of(""))
            .configuration()
            .orElseThrow()
            .jobs());
  }

  private void apply(List<ScrapeConfig> jobs) {
    Set<String> reshaped = manager.apply(jobs);
    configuration.incrementAndGet();
    reshaped.forEach(this::send);
  }

  /** Gives a job one group. */
  void discover(String job, Labels labels, String... addresses) {
    List<Labels> targets = Arrays.stream(addresses).map(a -> Labels.of("__address__", a)).toList();
    discover(job, new TargetGroup("0", targets, labels));
  }

  /** Replaces the groups that the job had. */
  void discover(String job, TargetGroup... discovered) {
    groups.put(job, List.of(discovered));
    send(job);
  }

  private void send(String job) {
    List<TargetGroup> all = groups.getOrDefault(job, List.of());
    int targets = all.stream().mapToInt(group -> group.targets().size()).sum();
    manager.onUpdates(
        List.of(
            new TargetSetUpdate(
                job, false, true, configuration.get(), targets, Map.of(PROVIDER, all))));
  }

  /** Sets the status of a job; without this call, jobs are complete. */
  void set(JobStatus status) {
    jobs.put(status.job(), status);
    jobListeners.forEach(Runnable::run);
  }

  static JobStatus complete(String job, long stamp) {
    return new JobStatus(job, true, stamp, List.of());
  }

  static JobStatus incomplete(String job, long stamp, JobStatus.Missing... missing) {
    return new JobStatus(job, false, stamp, List.of(missing));
  }

  static ProviderStatus provider(
      String name, boolean started, boolean synced, ProviderStatus.Failure... failures) {
    return new ProviderStatus(
        name,
        new StaticSdConfig(List.of()),
        List.of("shop"),
        started,
        synced,
        synced ? 2 : 0,
        List.of(failures));
  }

  private static ScrapeConfig jobConfig(String name) {
    return ScrapeConfig.builder(name)
        .relabelRules(
            List.of(
                rule("__meta_drop", null, null, "yes", "drop"),
                rule("__meta_pod", "pod", null, null, "replace")))
        .build();
  }

  private static RelabelRule rule(
      String source,
      @Nullable String target,
      @Nullable String replacement,
      @Nullable String regex,
      String action) {
    RelabelSpec spec =
        new RelabelSpec(List.of(source), null, regex, null, target, replacement, action, null);
    return RelabelRule.compile(
            spec,
            NameValidation.UTF8,
            (field, what) -> {
              throw new AssertionError(field + ": " + what);
            })
        .orElseThrow();
  }

  @Override
  public TargetSet read(String job) {
    if (unreadable) {
      throw new IllegalStateException("groups: unreadable, as the test asked");
    }
    return new TargetSet(
        configuration.get(), Map.of(PROVIDER, groups.getOrDefault(job, List.of())));
  }

  @Override
  public List<PoolView> pools() {
    RuntimeException thrown = breakage;
    if (thrown != null) {
      throw thrown;
    }
    beforePools.run();
    return manager.pools();
  }

  @Override
  public TargetListener.Registration listen(TargetListener listener) {
    return manager.addListener(listener);
  }

  @Override
  public List<ProviderStatus> providers() {
    return providers;
  }

  @Override
  public List<JobStatus> jobs() {
    return manager.pools().stream()
        .map(PoolView::job)
        .map(name -> jobs.getOrDefault(name, complete(name, 0)))
        .toList();
  }

  @Override
  public Optional<JobStatus> job(String name) {
    return jobs().stream().filter(job -> job.job().equals(name)).findFirst();
  }

  @Override
  public TargetListener.Registration listenToJobs(Runnable listener) {
    jobListeners.add(listener);
    return () -> jobListeners.remove(listener);
  }

  @Override
  public CollectorRegistry registry() {
    return registry;
  }

  @Override
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public boolean tryReload() throws ConfigException {
    reload();
    return true;
  }

  @Override
  public void reload() throws ConfigException {
    reloads.incrementAndGet();
    ConfigException thrown = refusal;
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  public Map<String, Object> config() {
    return config;
  }
}
