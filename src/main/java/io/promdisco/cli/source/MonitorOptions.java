package io.promdisco.cli.source;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.config.Configuration;
import io.promdisco.monitors.MonitorJob;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.MonitorSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
          "Add the jobs of the ServiceMonitors, PodMonitors, Probes and ScrapeConfigs in"
              + " --manifests, with these settings of the OpenTelemetry target allocator. Without"
              + " CONFIG, use only these jobs.")
  private @Nullable Path settings;

  private @Nullable MonitorSnapshot snapshot;

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
    Configuration own = namesFile || settings == null ? configuration.get() : Configuration.of();
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
   * Compiles the monitors of the dump, if the user names settings.
   *
   * @return adds their jobs to a configuration; throws {@link IllegalArgumentException} if that has
   *     a job of the same name
   */
  public UnaryOperator<Configuration> read(ClusterOptions cluster, Console console) {
    if (settings == null) {
      return UnaryOperator.identity();
    }
    MonitorSnapshot read = new MonitorReading(cluster, console).read(settings);
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
