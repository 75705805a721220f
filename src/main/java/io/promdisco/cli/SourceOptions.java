package io.promdisco.cli;

import io.promdisco.config.ConfigLoader;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Which configuration, and where its Kubernetes objects come from. */
final class SourceOptions {
  private static final Path DEFAULT = Path.of("prometheus.yml");

  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "Prometheus configuration file. Default: prometheus.yml in this folder.")
  @Nullable Path config;

  @Option(
      names = "--manifests",
      paramLabel = "FILE|DIR",
      description =
          "Discover from a dump (kubectl get ... -o yaml) and not from a server. Repeatable.")
  List<Path> manifests = List.of();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Reach every API server through this kubeconfig and not as configured.")
  @Nullable Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "A context of the kubeconfig other than its current one.")
  @Nullable String context;

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
