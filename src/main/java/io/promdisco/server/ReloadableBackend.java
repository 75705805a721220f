package io.promdisco.server;

import io.promdisco.Promdisco;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.model.Position;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetListener;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Nouns;
import io.promdisco.util.RateLimitedLog;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The state of a {@code Promdisco}, and the configuration in force, which can be reloaded. */
final class ReloadableBackend implements Backend {
  private static final Logger log = EscapingLogger.of(ReloadableBackend.class);

  private final Promdisco promdisco;
  private final Function<Path, ConfigLoader.LoadResult> reader;
  private final @Nullable Path file;
  private final UnaryOperator<Configuration> change;
  private final Supplier<String> waitsFor;
  private final PrometheusMetrics metrics;
  private final Metrics.Gauge successful;
  private final Metrics.Gauge successTime;

  /** Limited, because clients may request reloads often. */
  private final RateLimitedLog readForClients =
      new RateLimitedLog(System::nanoTime, line -> log.info("{}", line));

  private final RateLimitedLog problemsForClients =
      new RateLimitedLog(System::nanoTime, line -> log.warn("{}", line));
  private final ReentrantLock reloading = new ReentrantLock();
  private volatile Map<String, Object> effective = Map.of();

  /** Before the change; guarded by reloading. */
  private @Nullable Configuration readLast;

  /**
   * Creates a backend that shows what {@code promdisco} discovers.
   *
   * @param reader reads the configuration file
   * @param file the configuration file; null if reloads are not possible
   * @param change applied to each configuration from the file
   * @param metrics the metrics to expose
   */
  ReloadableBackend(
      Promdisco promdisco,
      Function<Path, ConfigLoader.LoadResult> reader,
      @Nullable Path file,
      UnaryOperator<Configuration> change,
      Supplier<String> waitsFor,
      PrometheusMetrics metrics) {
    this.promdisco = promdisco;
    this.reader = reader;
    this.file = file;
    this.change = change;
    this.waitsFor = waitsFor;
    this.metrics = metrics;
    successful =
        metrics.gauge(
            "prometheus_config_last_reload_successful",
            "Whether the last configuration reload attempt was successful.");
    successTime =
        metrics.gauge(
            "prometheus_config_last_reload_success_timestamp_seconds",
            "Timestamp of the last successful configuration reload.");
  }

  /**
   * Applies a configuration that was read before.
   *
   * @throws IllegalArgumentException if the change refuses it
   */
  void apply(Configuration configuration) {
    reloading.lock();
    try {
      takeOver(change.apply(configuration));
      readLast = configuration;
    } finally {
      reloading.unlock();
    }
  }

  @Override
  public void reapply() {
    reloading.lock();
    try {
      if (readLast != null) {
        Configuration changed = change.apply(readLast);
        promdisco.apply(changed);
        effective = changed.effective();
      }
    } finally {
      reloading.unlock();
    }
  }

  private void takeOver(Configuration configuration) {
    promdisco.apply(configuration);
    effective = configuration.effective();
    successful.set(1);
    successTime.set(System.currentTimeMillis() / 1000.0);
  }

  /** Loads the file for the first time. */
  void load() throws ConfigException {
    reloading.lock();
    try {
      read(Cause.START);
    } finally {
      reloading.unlock();
    }
  }

  @Override
  public boolean tryReload() throws ConfigException {
    if (!reloading.tryLock()) {
      return false;
    }
    try {
      read(Cause.CLIENT);
      return true;
    } finally {
      reloading.unlock();
    }
  }

  @Override
  public void reload() throws ConfigException {
    reloading.lock();
    try {
      read(Cause.OPERATOR);
    } finally {
      reloading.unlock();
    }
  }

  /** The reason for loading the file. */
  private enum Cause {
    /** The start; the caller reports errors. */
    START,
    /** A signal, or a changed file. */
    OPERATOR,
    /** A request. Requests may be frequent, so their log is limited. */
    CLIENT
  }

  private void read(Cause cause) throws ConfigException {
    if (file == null) {
      throw new IllegalStateException("reload: no configuration file (expected: configFile)");
    }
    ConfigLoader.LoadResult result = reader.apply(file);
    boolean isRefused = result.configuration().isEmpty();
    if (!isRefused || cause != Cause.START) {
      List<Problem> problems =
          result.problems().stream()
              .filter(problem -> isRefused || isError(problem) || !problem.kind().isAdvice())
              .toList();
      if (cause != Cause.CLIENT) {
        logProblems(problems, isRefused);
      } else if (!problems.isEmpty()) {
        problemsForClients.log("", omitted -> logProblems(problems, isRefused));
      }
    }
    if (isRefused) {
      successful.set(0);
      throw new ConfigException(result.problems());
    }
    Configuration configuration = changed(file, result.configuration().get());
    takeOver(configuration);
    readLast = result.configuration().get();
    String jobs = Nouns.count(configuration.jobs().size(), "job");
    switch (cause) {
      case START -> log.info("loaded {}: {}", file, jobs);
      case OPERATOR -> log.info("reloaded {}: {}", file, jobs);
      case CLIENT -> readForClients.log("reloaded " + file + ": " + jobs);
    }
  }

  private static boolean isError(Problem problem) {
    return problem.severity() == Problem.Severity.ERROR;
  }

  private static void logProblems(List<Problem> problems, boolean isRefused) {
    for (Problem problem : problems) {
      if (!isError(problem)) {
        log.warn("{}", problem);
      } else if (isRefused) {
        log.error("the new configuration is invalid, the previous one stays in force: {}", problem);
      } else {
        log.error("{}", problem);
      }
    }
  }

  private Configuration changed(Path of, Configuration read) throws ConfigException {
    try {
      return change.apply(read);
    } catch (IllegalArgumentException e) {
      successful.set(0);
      Problem problem =
          new Problem(
              Problem.Severity.ERROR,
              new Position(of.toString(), 1, 1),
              "",
              String.valueOf(e.getMessage()));
      log.error("the new configuration is invalid, the previous one stays in force: {}", problem);
      throw new ConfigException(List.of(problem));
    }
  }

  @Override
  public String waitsFor() {
    return waitsFor.get();
  }

  @Override
  public List<PoolView> pools() {
    return promdisco.pools();
  }

  @Override
  public TargetListener.Registration listen(TargetListener listener) {
    return promdisco.listen(listener);
  }

  @Override
  public List<ProviderStatus> providers() {
    return promdisco.providers();
  }

  @Override
  public List<JobStatus> jobs() {
    return promdisco.jobs();
  }

  @Override
  public Optional<JobStatus> job(String name) {
    return promdisco.job(name);
  }

  @Override
  public TargetListener.Registration listenToJobs(Runnable listener) {
    return promdisco.listenToJobs(listener);
  }

  @Override
  public CollectorRegistry registry() {
    return metrics.registry();
  }

  @Override
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public Map<String, Object> config() {
    return effective;
  }
}
