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
import java.util.function.UnaryOperator;

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

  /** Waits so long for a cluster. Default: 30 s. */
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
    MonitorObjects objects = cluster.manifests.isEmpty() ? null : objects();
    try {
      MonitorSettings settings = settings(file);
      return objects == null ? read(settings) : new MonitorCompiler(settings).compile(objects);
    } catch (InvalidSettingsException e) {
      return CompiledMonitors.refused(e);
    }
  }

  private MonitorSettings settings(Path file) throws InvalidSettingsException {
    MonitorSettings settings = MonitorSettings.of(document(file));
    for (String warning : settings.warnings()) {
      console.errorLine(Console.yellow("warning: "), file, ": ", warning);
    }
    return settings;
  }

  /** Reads the resources of the cluster once. Prints which kinds it does not have. */
  private CompiledMonitors read(MonitorSettings settings) {
    CompiledMonitors none = new MonitorCompiler(settings).compile(MonitorObjects.of(List.of()));
    if (none.isRefused()) {
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
      return follower.latest().orElse(none);
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
   * @return adds the jobs to a configuration; throws {@link IllegalArgumentException} if that has a
   *     job of the same name
   * @throws CommandException if the settings are refused
   */
  public UnaryOperator<Configuration> read(Path file) {
    CompiledMonitors monitors = compile(file);
    if (monitors.isRefused()) {
      throw CommandException.usage(file + ": " + monitors.rejected().get(0));
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
    List<ScrapeConfig> added = monitors.configs();
    return configuration -> joined(configuration, added);
  }

  /** Adds jobs to a configuration. */
  static Configuration joined(Configuration configuration, List<ScrapeConfig> added) {
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
