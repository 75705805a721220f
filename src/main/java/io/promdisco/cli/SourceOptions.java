package io.promdisco.cli;

import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.util.Nouns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Which configuration, and where its Kubernetes objects come from. */
final class SourceOptions extends ClusterOptions {
  static final String SKIP_UNSUPPORTED = "--skip-unsupported";
  static final String SKIP_HELP =
      "Leave out jobs that use service discovery which only Prometheus supports, with a"
          + " warning each.";

  private static final Path DEFAULT = Path.of("prometheus.yml");

  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "Prometheus configuration file. Default: prometheus.yml in this folder.")
  @Nullable Path config;

  @Option(names = SKIP_UNSUPPORTED, description = SKIP_HELP)
  boolean skipUnsupported;

  /** Those of a file whose name was given otherwise than as the first argument. */
  static SourceOptions of(@Nullable Path config, ClusterOptions cluster) {
    SourceOptions source = new SourceOptions();
    source.config = config;
    source.manifests = cluster.manifests;
    source.namespace = cluster.namespace;
    source.kubeconfig = cluster.kubeconfig;
    source.context = cluster.context;
    source.sourceMemory = cluster.sourceMemory;
    return source;
  }

  /**
   * The loader for configurations whose sources are started, since these report problems of their
   * files.
   */
  ConfigLoader loader() {
    return loader(skipUnsupported).leavingTargetFiles();
  }

  static ConfigLoader loader(boolean skipUnsupported) {
    ConfigLoader loader = new ConfigLoader();
    return skipUnsupported ? loader.skippingUnsupported() : loader;
  }

  /** What could be done about the problems, if there is something. */
  static Optional<String> hint(List<Problem> problems) {
    boolean unsupported =
        problems.stream()
            .anyMatch(
                problem ->
                    problem.severity() == Problem.Severity.ERROR
                        && problem.kind() == ProblemKind.UNSUPPORTED_SOURCE);
    return unsupported
        ? Optional.of(SKIP_UNSUPPORTED + " goes on without jobs that have such sources")
        : Optional.empty();
  }

  /** The configuration file. */
  Path file() {
    return config == null ? DEFAULT : config;
  }

  /** Reads the configuration; every job must be correct. */
  Configuration load(Console console) {
    return load(console, new JobChoice());
  }

  /**
   * Reads the configuration.
   *
   * @param jobs the jobs that must be correct; others may be left out
   */
  Configuration load(Console console, JobChoice jobs) {
    Path file = file();
    if (config == null && !Files.exists(file)) {
      throw new CommandException(
          ExitCode.USAGE,
          "promdisco: no configuration given, and there is no prometheus.yml here"
              + " (expected: promdisco COMMAND CONFIG)");
    }
    ConfigLoader.LoadResult result = loader().onlyJobs(jobs.names).read(file);
    if (result.configuration().isEmpty()) {
      List<String> lines = new ArrayList<>();
      result.problems().forEach(problem -> lines.add(problem.describe()));
      hint(result.problems()).ifPresent(lines::add);
      throw new CommandException(ExitCode.USAGE, lines);
    }
    tell(file, result.problems(), console);
    return result.configuration().get();
  }

  /** Advice is only counted: it belongs to {@code check}. */
  private static void tell(Path file, List<Problem> problems, Console console) {
    int advice = 0;
    for (Problem problem : problems) {
      if (problem.severity() == Problem.Severity.ERROR) {
        console.errorLine(Console.red("error: "), problem);
      } else if (!problem.kind().isAdvice()) {
        console.errorLine(Console.yellow("warning: "), problem);
      } else {
        advice++;
      }
    }
    if (advice > 0) {
      console.errorLine(
          Console.yellow("warning: "),
          Nouns.count(advice, "setting is", "settings are"),
          " legal but surely not meant so (promdisco check ",
          file,
          ")");
    }
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
