package io.promdisco.cli.source;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.config.Configuration;
import io.promdisco.metrics.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a command discovers what monitors ask for, beside or in place of a configuration. */
public final class MonitorOptions {
  @Option(
      names = MonitorReading.OPTION,
      paramLabel = "SETTINGS",
      description =
          "Discover also what the ServiceMonitors, PodMonitors, Probes and ScrapeConfigs of the"
              + " cluster, or of --manifests, ask for, with the settings of the OpenTelemetry target"
              + " allocator. Without CONFIG, only that.")
  private @Nullable Path settings;

  private Duration timeout = Duration.ofSeconds(30);
  private Configuration own = Configuration.of();

  /** Waits so long for monitors of a cluster. Default: 30 s. */
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
   * @return adds their jobs to a configuration, as {@link MonitorReading#read}
   */
  public UnaryOperator<Configuration> read(ClusterOptions cluster, Console console) {
    return settings == null
        ? UnaryOperator.identity()
        : new MonitorReading(cluster, console).within(timeout).read(settings);
  }
}
