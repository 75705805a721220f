package io.promdisco.cli.source;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.model.PrometheusSize;
import io.promdisco.monitors.MonitorObjects;
import io.promdisco.offline.ManifestException;
import io.promdisco.offline.ManifestReader;
import io.promdisco.util.Nouns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The origin of Kubernetes objects, and how to read configurations that discover them. */
public class ClusterOptions {
  private static final int MOST_PROBLEMS = 20;

  public static final String SKIP_UNSUPPORTED = "--skip-unsupported";
  public static final String SKIP_HELP =
      "Leave out jobs with service discovery that only Prometheus supports, with a warning"
          + " for each.";

  @Option(
      names = "--manifests",
      paramLabel = "FILE|DIR",
      description =
          "Discover from a dump (kubectl get ... -o yaml) instead of a server; - is"
              + " standard input. Repeatable.")
  public List<Path> manifests = List.of();

  @Option(
      names = "--namespace",
      paramLabel = "NAMESPACE",
      converter = NamespaceConverter.class,
      description =
          "Namespace that own_namespace refers to, with --manifests and in rbac. In rbac it"
              + " is also the namespace of the service account (default: default).")
  public @Nullable String namespace;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "Kubeconfig for all API servers, instead of what the configuration says. Default"
              + " outside a cluster, if the configuration names no server: KUBECONFIG, then"
              + " ~/.kube/config.")
  @Nullable Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description =
          "Context of the kubeconfig to use instead of its current context. Without"
              + " --kubeconfig, it is a context of KUBECONFIG or ~/.kube/config.")
  @Nullable String context;

  @Option(
      names = "--source-memory",
      paramLabel = "SIZE",
      converter = SourceMemoryConverter.class,
      description =
          "Memory limit for the targets of one source: a size such as 200MB, or a"
              + " percentage of the heap. A source that exceeds it fails and keeps its last"
              + " targets. Default: a quarter of the heap.")
  @Nullable Long sourceMemory;

  @Option(names = SKIP_UNSUPPORTED, description = SKIP_HELP)
  private boolean skipUnsupported;

  /**
   * Objects of the dump that cannot be used; set after {@link DiscoverySetup#clients} has read it.
   */
  public List<ManifestReader.LeftOut> leftOut = List.of();

  /** Whether to keep the monitors of the dump, with Secrets and ConfigMaps. */
  boolean wantsMonitors;

  private ManifestReader.@Nullable Contents contents;

  /** What was said about the choice of clusters. */
  final Set<String> told = ConcurrentHashMap.newKeySet();

  /** Options of a command that reads a cluster and discovers nothing in it. */
  public static ClusterOptions of(@Nullable Path kubeconfig, @Nullable String context) {
    ClusterOptions options = new ClusterOptions();
    options.kubeconfig = kubeconfig;
    options.context = context;
    return options;
  }

  /** The exit code of a command that would end with {@code code} with a usable dump. */
  public int exitCode(int code) {
    return leftOut.isEmpty() ? code : Math.max(code, ExitCode.FINDING);
  }

  /**
   * Reads the dump once, because it may be standard input. Prints which of its objects cannot be
   * used.
   *
   * @throws CommandException if it cannot be read
   */
  ManifestReader.Contents contents(Console console) {
    if (contents == null) {
      try {
        contents =
            ManifestReader.load(
                manifests, object -> wantsMonitors && MonitorObjects.isKnown(object));
      } catch (ManifestException e) {
        throw CommandException.usage(e);
      }
      leftOut = contents.leftOut();
      print(console, Console.yellow("warning: "), contents.warnings());
      print(
          console,
          Console.red("error: "),
          leftOut.stream().map(ManifestReader.LeftOut::problem).toList());
    }
    return contents;
  }

  private static void print(Console console, Console.Painted severity, List<String> problems) {
    problems.stream().limit(MOST_PROBLEMS).forEach(problem -> console.errorLine(severity, problem));
    if (problems.size() > MOST_PROBLEMS) {
      console.errorLine(severity, "and ", problems.size() - MOST_PROBLEMS, " more");
    }
  }

  /** Whether the user names a dump or a cluster, instead of leaving it to the configuration. */
  public boolean named() {
    return !manifests.isEmpty() || kubeconfig != null || context != null;
  }

  /**
   * Returns the loader for configurations whose sources are started, which report problems of their
   * files.
   */
  public ConfigLoader loader() {
    return loader(skipUnsupported).leavingTargetFiles();
  }

  /** Returns a loader of configurations, which leaves out jobs if the user asks for it. */
  public static ConfigLoader loader(boolean skipUnsupported) {
    ConfigLoader loader = new ConfigLoader();
    return skipUnsupported ? loader.skippingUnsupported() : loader;
  }

  /** Returns what to do about the problems, if there is anything to do. */
  public static Optional<String> hint(List<Problem> problems) {
    boolean unsupported =
        problems.stream()
            .anyMatch(
                problem ->
                    problem.severity() == Problem.Severity.ERROR
                        && problem.kind() == ProblemKind.UNSUPPORTED_SOURCE);
    return unsupported
        ? Optional.of(SKIP_UNSUPPORTED + " leaves out the jobs with such service discovery")
        : Optional.empty();
  }

  /**
   * Reads a configuration.
   *
   * @param jobs the jobs that must be correct; others may be left out
   */
  public Configuration load(Path file, Console console, JobChoice jobs) {
    ConfigLoader.LoadResult result = loader().onlyJobs(jobs.names).read(file);
    if (result.configuration().isEmpty()) {
      List<String> lines = new ArrayList<>();
      result.problems().forEach(problem -> lines.add(problem.describe()));
      hint(result.problems()).ifPresent(lines::add);
      throw new CommandException(ExitCode.USAGE, lines);
    }
    printProblems(file, result.problems(), console);
    return result.configuration().get();
  }

  /** Advice is only counted, because {@code check} shows it. */
  private static void printProblems(Path file, List<Problem> problems, Console console) {
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
          " valid but probably a mistake (promdisco check ",
          file,
          ")");
    }
  }

  /** Reads the name of a namespace. */
  static final class NamespaceConverter implements ITypeConverter<String> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    @Override
    public String convert(String text) {
      if (LABEL.matcher(text).matches()) {
        return text;
      }
      throw new TypeConversionException(
          "\""
              + text
              + "\" (expected: at most 63 of a-z, 0-9 and -, with no - at either end, for example"
              + " monitoring)");
    }
  }

  /** Reads {@code 200MB} and {@code 10%}. */
  static final class SourceMemoryConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      long heap = Runtime.getRuntime().maxMemory();
      try {
        long bytes =
            text.endsWith("%")
                ? (long) (heap * Double.parseDouble(text.substring(0, text.length() - 1)) / 100)
                : PrometheusSize.parse(text);
        if (bytes > 0 && (bytes <= heap || !text.endsWith("%"))) {
          return bytes;
        }
      } catch (IllegalArgumentException e) {
        // reported below
      }
      throw new TypeConversionException(
          "\"" + text + "\" (expected: a size or at most 100%, for example 200MB or 10%)");
    }
  }
}
