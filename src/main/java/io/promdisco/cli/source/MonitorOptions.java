package io.promdisco.cli.source;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.config.Configuration;
import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.MonitorJob;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.MonitorSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a command discovers what monitors ask for, beside or in place of a configuration. */
public final class MonitorOptions {
  @Option(
      names = MonitorReading.OPTION,
      paramLabel = "SETTINGS",
      description =
          "Add the jobs of the ServiceMonitors, PodMonitors, Probes and ScrapeConfigs in the"
              + " cluster, or in --manifests, with these settings of the OpenTelemetry target"
              + " allocator. Without CONFIG, use only these jobs.")
  private @Nullable Path settings;

  private @Nullable MonitorSnapshot snapshot;
  private Duration timeout = Duration.ofSeconds(30);
  private Configuration own = Configuration.of();

  /** Sets how long to wait for the monitors of a cluster. Default: 30 s. */
  public MonitorOptions within(Duration limit) {
    timeout = limit;
    return this;
  }

  /** Reads the configuration and the monitors; every job that is chosen must be correct. */
  public Configuration load(SourceOptions source, Console console, JobChoice jobs) {
    return load(source, console, source.namesFile(), () -> source.load(console, jobs));
  }

  /**
   * Reads the configuration and the monitors.
   *
   * @param namesFile whether the user names a configuration file
   * @param configuration reads that file, or the default one
   */
  public Configuration load(
      ClusterOptions cluster,
      Console console,
      boolean namesFile,
      Supplier<Configuration> configuration) {
    UnaryOperator<Configuration> monitors = read(cluster, console);
    own = namesFile || settings == null ? configuration.get() : Configuration.of();
    try {
      return monitors.apply(own);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e);
    }
  }

  /** Whether the user names settings. */
  public boolean named() {
    return settings != null;
  }

  /**
   * Follows the monitors of the cluster, if the user names settings and no dump. {@code changed} is
   * called with what {@link #load} would return now, first when they have been read.
   */
  public Optional<LiveMonitors> follow(
      ClusterOptions cluster, Console console, Consumer<Configuration> changed) {
    Optional<LiveMonitors> live = follow(cluster, console, Metrics.none());
    live.ifPresent(monitors -> monitors.onChange(() -> changed.accept(monitors.joined(own))));
    return live;
  }

  /**
   * Starts to follow the monitors of the cluster, if the user names settings and no dump.
   *
   * @param metrics counts jobs, rejections and failures
   */
  public Optional<LiveMonitors> follow(ClusterOptions cluster, Console console, Metrics metrics) {
    return settings == null || !cluster.manifests.isEmpty()
        ? Optional.empty()
        : Optional.of(new MonitorReading(cluster, console).follow(settings, metrics));
  }

  /**
   * Compiles the monitors of the dump, or of the cluster as they are now, if the user names
   * settings.
   *
   * @return adds their jobs to a configuration; throws {@link IllegalArgumentException} if that has
   *     a job of the same name
   */
  public UnaryOperator<Configuration> read(ClusterOptions cluster, Console console) {
    if (settings == null) {
      return UnaryOperator.identity();
    }
    MonitorSnapshot read = new MonitorReading(cluster, console).within(timeout).read(settings);
    snapshot = read;
    return configuration -> MonitorReading.joined(configuration, read.compiled().configs());
  }

  /**
   * Reads the settings, which the user must name, without monitors.
   *
   * @throws CommandException if they are refused
   */
  public MonitorSettings settings(ClusterOptions cluster, Console console) {
    return new MonitorReading(cluster, console).readSettings(Objects.requireNonNull(settings));
  }

  /** Returns what was read; nothing if the user names no settings, or before it is read. */
  public Optional<MonitorSnapshot> snapshot() {
    return Optional.ofNullable(snapshot);
  }

  /** Returns the field of a monitor that each rule of a job comes from; none for other jobs. */
  public Map<String, List<String>> ruleFields() {
    return snapshot()
        .map(
            read ->
                read.compiled().jobs().stream()
                    .collect(Collectors.toMap(MonitorJob::jobName, MonitorJob::ruleFields)))
        .orElse(Map.of());
  }
}
