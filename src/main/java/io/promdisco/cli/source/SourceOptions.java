package io.promdisco.cli.source;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The configuration, and the origin of its Kubernetes objects. */
public final class SourceOptions extends ClusterOptions {
  public static final String CONFIG = "--config";
  public static final String CONFIG_FILE = "--config.file";
  public static final String CONFIG_HELP = "Prometheus configuration file, the same as CONFIG.";

  private static final Path DEFAULT = Path.of("prometheus.yml");

  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "Prometheus configuration file. Default: prometheus.yml in the current folder.")
  private @Nullable Path argument;

  @Option(
      names = {CONFIG, CONFIG_FILE},
      paramLabel = "FILE",
      description = CONFIG_HELP)
  private @Nullable Path option;

  /** The configuration file. */
  public Path file() {
    return file(argument, option);
  }

  /**
   * Returns the configuration file, which may be named as an argument or with an option.
   *
   * @throws CommandException if both are given, or neither and there is no default file
   */
  public static Path file(@Nullable Path argument, @Nullable Path option) {
    if (argument != null && option != null) {
      throw CommandException.usage("two configurations given (expected: one)");
    }
    Path file = argument == null ? option : argument;
    if (file == null && !Files.exists(DEFAULT)) {
      throw CommandException.usage(
          "no configuration given, and there is no prometheus.yml here"
              + " (expected: promdisco COMMAND CONFIG)");
    }
    return file == null ? DEFAULT : file;
  }

  /** Whether the user names a configuration file. */
  public boolean namesFile() {
    return argument != null || option != null;
  }

  /** Reads the configuration; every chosen job must be correct. */
  public Configuration load(Console console, JobChoice jobs) {
    return load(file(), console, jobs);
  }
}
