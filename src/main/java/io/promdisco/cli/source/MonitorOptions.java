package io.promdisco.cli.source;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.config.Configuration;
import java.nio.file.Path;
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
          "Add the jobs of the ServiceMonitors, PodMonitors, Probes and ScrapeConfigs in"
              + " --manifests, with these settings of the OpenTelemetry target allocator. Without"
              + " CONFIG, use only these jobs.")
  private @Nullable Path settings;

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
   * @return adds their jobs to a configuration, as {@link MonitorReading#read}
   */
  public UnaryOperator<Configuration> read(ClusterOptions cluster, Console console) {
    return settings == null
        ? UnaryOperator.identity()
        : new MonitorReading(cluster, console).read(settings);
  }
}
