package io.promdisco.cli.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.InvalidSettingsException;
import io.promdisco.monitors.MonitorCompiler;
import io.promdisco.monitors.MonitorJob;
import io.promdisco.monitors.MonitorObjects;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.MonitorSnapshot;
import io.promdisco.monitors.Rejection;
import io.promdisco.monitors.live.MonitorFollower;
import io.promdisco.offline.ManifestException;
import io.promdisco.offline.ManifestReader;
import io.promdisco.util.SystemTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads Prometheus Operator resources from where the options say, and compiles them. */
public final class MonitorReading {
  public static final String OPTION = "--prometheus-cr";

  private final ClusterOptions cluster;
  private final Console console;
  private Duration timeout = Duration.ofSeconds(30);

  public MonitorReading(ClusterOptions cluster, Console console) {
    this.cluster = cluster;
    this.console = console;
    cluster.wantsMonitors = true;
  }

  /** Sets how long to wait for a cluster. Default: 30 s. */
  public MonitorReading within(Duration limit) {
    timeout = limit;
    return this;
  }

  /**
   * Compiles the resources of the dump; without one, those of the cluster.
   *
   * @param file the settings
   * @throws CommandException if a file or the cluster cannot be read
   */
  public CompiledMonitors compile(Path file) {
    try {
      return snapshot(file).compiled();
    } catch (InvalidSettingsException e) {
      return CompiledMonitors.refused(e);
    }
  }

  private MonitorSnapshot snapshot(Path file) throws InvalidSettingsException {
    MonitorObjects objects = cluster.manifests.isEmpty() ? null : objects();
    MonitorSettings settings = settings(file);
    return objects == null
        ? read(settings)
        : new MonitorSnapshot(settings, objects, new MonitorCompiler(settings).compile(objects));
  }

  private MonitorSettings settings(Path file) throws InvalidSettingsException {
    MonitorSettings settings = MonitorSettings.of(document(file));
    for (String warning : settings.warnings()) {
      console.errorLine(Console.yellow("warning: "), file, ": ", warning);
    }
    return settings;
  }

  /**
   * Reads settings without resources.
   *
   * @throws CommandException if they are refused
   */
  MonitorSettings readSettings(Path file) {
    try {
      return settings(file);
    } catch (InvalidSettingsException e) {
      throw refused(file, CompiledMonitors.refused(e));
    }
  }

  private static CommandException refused(Path file, CompiledMonitors monitors) {
    return CommandException.usage(file + ": " + monitors.rejected().get(0));
  }

  /** Reads the resources of the cluster once. Prints which kinds it does not have. */
  private MonitorSnapshot read(MonitorSettings settings) {
    MonitorObjects nothing = MonitorObjects.of(List.of());
    MonitorSnapshot none =
        new MonitorSnapshot(settings, nothing, new MonitorCompiler(settings).compile(nothing));
    if (none.compiled().isRefused()) {
      return none;
    }
    try (SystemTicker ticker = new SystemTicker();
        MonitorFollower follower =
            new MonitorFollower(
                settings,
                LiveMonitors.CLUSTER,
                DiscoverySetup.clients(cluster, console).apply(ticker),
                ticker,
                Metrics.none(),
                any -> {})) {
      try (ProgressLine waiting = ProgressLine.show(console, follower::waitingFor)) {
        Objects.requireNonNull(waiting);
        follower.awaitAnswers(timeout);
      }
      String unknown = follower.waitingFor();
      if (!unknown.isEmpty()) {
        throw CommandException.unreachable(unknown);
      }
      follower
          .problems()
          .forEach(problem -> console.errorLine(Console.yellow("warning: "), problem));
      return follower.snapshot().orElse(none);
    } catch (DiscoveryException e) {
      throw CommandException.unreachable(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.unreachable("interrupted while the monitors were read");
    }
  }

  /**
   * Follows the resources of the cluster.
   *
   * @param file the settings
   * @param metrics counts jobs, rejections and failures
   * @throws CommandException if the settings are refused, or there is no cluster to connect to
   */
  public LiveMonitors follow(Path file, Metrics metrics) {
    try {
      return LiveMonitors.follow(
          settings(file), LiveMonitors.CLUSTER, DiscoverySetup.clients(cluster, console), metrics);
    } catch (InvalidSettingsException e) {
      throw CommandException.usage(file + ": " + e.getMessage());
    } catch (DiscoveryException e) {
      throw CommandException.unreachable(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Compiles the resources for discovery. Prints what was refused, and what promdisco cannot
   * discover.
   *
   * @param file the settings
   * @throws CommandException if the settings are refused
   */
  public MonitorSnapshot read(Path file) {
    MonitorSnapshot snapshot;
    try {
      snapshot = snapshot(file);
    } catch (InvalidSettingsException e) {
      throw refused(file, CompiledMonitors.refused(e));
    }
    CompiledMonitors monitors = snapshot.compiled();
    if (monitors.isRefused()) {
      throw refused(file, monitors);
    }
    report(monitors, console);
    for (MonitorJob job : monitors.jobs()) {
      if (job.config().isEmpty()) {
        console.errorLine(
            Console.yellow("warning: "),
            job.jobName(),
            ": left out: it uses service discovery that promdisco does not support");
      }
    }
    return snapshot;
  }

  /**
   * Adds the jobs of monitors to a configuration.
   *
   * @throws IllegalArgumentException if that has a job of the same name
   */
  public static Configuration joined(Configuration configuration, List<ScrapeConfig> added) {
    List<ScrapeConfig> jobs = new ArrayList<>(configuration.jobs());
    jobs.addAll(added);
    Map<String, Object> effective = new LinkedHashMap<>(configuration.effective());
    effective.put("scrape_configs", jobs.stream().map(ScrapeConfig::effective).toList());
    return new Configuration(jobs, effective, configuration.warnings());
  }

  /**
   * Reads settings.
   *
   * @throws CommandException if the file cannot be read
   */
  public static JsonNode document(Path file) {
    try {
      List<JsonNode> documents = ManifestReader.documents(file);
      if (documents.size() == 1) {
        return documents.get(0);
      }
      throw CommandException.usage(
          file + ": " + documents.size() + " documents (expected: one, with prometheus_cr)");
    } catch (ManifestException e) {
      throw CommandException.usage(e);
    }
  }

  private MonitorObjects objects() {
    ManifestReader.Contents contents = cluster.contents(console);
    List<JsonNode> objects = new ArrayList<>(contents.objects());
    objects.addAll(contents.others());
    return MonitorObjects.of(objects);
  }

  /** Prints what was refused, and counts what was not selected. */
  public static void report(CompiledMonitors monitors, Console console) {
    int unselected = 0;
    for (Rejection rejection : monitors.rejected()) {
      if (rejection.isError()) {
        console.errorLine(Console.red("error: "), rejection);
      } else if (rejection.reason() == Rejection.Reason.DENIED_FS_ACCESS) {
        console.errorLine(Console.yellow("warning: "), rejection);
      } else {
        unselected++;
      }
    }
    if (unselected > 0) {
      console.errorLine(
          Console.dim(
              unselected
                  + (unselected == 1 ? " resource is" : " resources are")
                  + " not selected (promdisco monitors --output json)"));
    }
  }
}
