package io.promdisco.cli.source;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.Configuration;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.InvalidSettingsException;
import io.promdisco.monitors.MonitorCompiler;
import io.promdisco.monitors.MonitorObjects;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.live.MonitorFollower;
import io.promdisco.monitors.live.RejectionReport;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.util.Closer;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.SystemTicker;
import io.promdisco.util.Ticker;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The jobs of the monitors of a cluster as they are now, for a command that runs until it is
 * stopped. Safe for all threads.
 */
public final class LiveMonitors implements AutoCloseable {
  /** The cluster of this process, or of the user. */
  public static final KubernetesSdConfig CLUSTER =
      KubernetesSdConfig.builder(KubernetesSdConfig.Role.POD).build();

  private static final Logger log = EscapingLogger.of(LiveMonitors.class);

  private final Closer closer = new Closer();
  private final String kubeconfig;
  private final RejectionReport report;
  private final MonitorFollower follower;
  private volatile List<ScrapeConfig> jobs = List.of(); // written by the follower's thread

  /** Jobs as they were compiled, and as they are discovered; of the follower's thread. */
  private IdentityHashMap<ScrapeConfig, ScrapeConfig> placed = new IdentityHashMap<>();

  @GuardedBy("this")
  private boolean isRead;

  @GuardedBy("this")
  private @Nullable Runnable listener;

  private volatile boolean isListening;

  private LiveMonitors(
      MonitorSettings settings,
      KubernetesSdConfig cluster,
      Function<Ticker, ResourceClientFactory> clients,
      Metrics metrics)
      throws DiscoveryException {
    kubeconfig = cluster.kubeconfigFile().orElse("");
    SystemTicker ticker = closer.add(new SystemTicker());
    report = new RejectionReport(metrics, ticker);
    try {
      follower =
          closer.add(
              new MonitorFollower(
                  settings, cluster, clients.apply(ticker), ticker, metrics, this::changed));
    } catch (DiscoveryException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /**
   * Starts to follow the monitors of a cluster.
   *
   * @param cluster its API server; if it names a kubeconfig, the jobs discover with that too
   * @param metrics counts jobs, rejections and failures
   * @throws InvalidSettingsException if the settings select nothing because of a mistake
   * @throws DiscoveryException if there is no cluster to connect to
   */
  public static LiveMonitors follow(
      MonitorSettings settings,
      KubernetesSdConfig cluster,
      Function<Ticker, ResourceClientFactory> clients,
      Metrics metrics)
      throws InvalidSettingsException, DiscoveryException {
    new MonitorCompiler(settings).compile(MonitorObjects.of(List.of())).requireAccepted();
    return new LiveMonitors(settings, cluster, clients, metrics);
  }

  private void changed(CompiledMonitors monitors) {
    report.report(monitors);
    IdentityHashMap<ScrapeConfig, ScrapeConfig> now = new IdentityHashMap<>();
    for (ScrapeConfig job : monitors.configs()) {
      ScrapeConfig known = placed.get(job);
      now.put(job, known == null ? placed(job) : known);
    }
    placed = now;
    jobs = monitors.configs().stream().map(now::get).toList();
    synchronized (this) {
      isRead = true;
      if (listener != null) {
        listener.run();
      }
    }
  }

  /** The job in the cluster that the monitors are from. */
  private ScrapeConfig placed(ScrapeConfig job) {
    return kubeconfig.isEmpty()
        ? job
        : job.withSdConfigs(job.sdConfigs().stream().map(this::placed).toList());
  }

  private SdConfig placed(SdConfig config) {
    if (!(config instanceof KubernetesSdConfig sd)
        || sd.apiServer().isPresent()
        || sd.kubeconfigFile().isPresent()) {
      return config;
    }
    return new KubernetesSdConfig(
        sd.role(),
        sd.apiServer(),
        Optional.of(kubeconfig),
        sd.http(),
        sd.ownNamespace(),
        sd.namespaces(),
        sd.selectors(),
        sd.attach());
  }

  /**
   * Returns the configuration with the jobs of now. A monitor's job whose name the configuration
   * has too is left out.
   */
  public Configuration joined(Configuration configuration) {
    Set<String> names =
        configuration.jobs().stream()
            .map(ScrapeConfig::jobName)
            .collect(Collectors.toCollection(HashSet::new));
    List<ScrapeConfig> added =
        jobs.stream()
            .filter(
                job -> {
                  boolean isFree = names.add(job.jobName());
                  if (!isFree) {
                    log.warn("{}: left out: the configuration has this job", job.jobName());
                  }
                  return isFree;
                })
            .toList();
    return MonitorReading.joined(configuration, added);
  }

  /**
   * Calls {@code listener} when the monitors have been read, at once if they have been, and each
   * time {@link #joined} has another result.
   */
  public synchronized void onChange(Runnable listener) {
    this.listener = listener;
    if (isRead) {
      listener.run();
    }
    isListening = true;
  }

  /** Returns what must be read before all jobs are known and applied; empty: they are. */
  public String waitingFor() {
    return isListening ? follower.waitingFor() : "monitors: not read yet";
  }

  /** Ends the watches. */
  @Override
  public void close() {
    closer.close();
  }
}
