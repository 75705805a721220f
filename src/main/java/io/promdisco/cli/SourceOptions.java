package io.promdisco.cli;

import io.promdisco.config.ConfigLoader;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Which configuration, and where its Kubernetes objects come from. */
final class SourceOptions extends ClusterOptions {
  private static final Path DEFAULT = Path.of("prometheus.yml");

  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "Prometheus configuration file. Default: prometheus.yml in this folder.")
  @Nullable Path config;

  /** Those of a file whose name was given otherwise than as the first argument. */
  static SourceOptions of(@Nullable Path config, ClusterOptions cluster) {
    SourceOptions source = new SourceOptions();
    source.config = config;
    source.manifests = cluster.manifests;
    source.kubeconfig = cluster.kubeconfig;
    source.context = cluster.context;
    return source;
  }

  /** The configuration file. */
  Path file() {
    return config == null ? DEFAULT : config;
  }

  /** Reads the configuration. */
  Configuration load(Console console) {
    Path file = file();
    if (config == null && !Files.exists(file)) {
      throw new CommandException(
          ExitCode.USAGE,
          "promdisco: no configuration given, and there is no prometheus.yml here"
              + " (expected: promdisco COMMAND CONFIG)");
    }
    ConfigLoader.LoadResult result = new ConfigLoader().read(file);
    if (result.configuration().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, result.problems().stream().map(Problem::toString).toList());
    }
    for (Problem problem : result.problems()) {
      boolean error = problem.severity() == Problem.Severity.ERROR;
      console
          .err()
          .println((error ? console.red("error: ") : console.yellow("warning: ")) + problem);
    }
    return result.configuration().get();
  }

  /** Reads {@code 30s}, {@code 1m30s}: durations as in the configuration. */
  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return io.promdisco.model.PrometheusDuration.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
