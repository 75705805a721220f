package io.promdisco.cli;

import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.source.ClusterOptions;
import io.promdisco.cli.source.MonitorReading;
import io.promdisco.cli.source.WaitOptions;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.MonitorJob;
import io.promdisco.monitors.Rejection;
import io.promdisco.util.Nouns;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the scrape configurations that Prometheus Operator resources become. */
@Command(
    name = "monitors",
    mixinStandardHelpOptions = true,
    description =
        "Print the scrape configurations that ServiceMonitors, PodMonitors, Probes and"
            + " ScrapeConfigs become.",
    footer = {
      "",
      "The output holds the Secrets that the resources name. Ends with 1 if a resource or"
          + " the settings were refused; resources that are not selected do not count."
    })
final class MonitorsCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      index = "0",
      paramLabel = "SETTINGS",
      description =
          "File with collector_namespace and prometheus_cr, as the OpenTelemetry target allocator"
              + " reads it.")
  private Path settings = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "FILE",
      description = "Further dumps, as after --manifests.")
  private List<Path> more = List.of();

  @Option(
      names = "--manifests",
      paramLabel = "FILE|DIR",
      description =
          "A dump with monitors, their namespaces, and the Secrets and ConfigMaps that they name"
              + " (kubectl get ... -o yaml); - is standard input. Repeatable. Default: reads the"
              + " cluster.")
  private List<Path> manifests = List.of();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "Kubeconfig of the cluster. Default: the cluster of this process, or else KUBECONFIG,"
              + " ~/.kube/config.")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "Use this context of the kubeconfig and not its current one.")
  private @Nullable String context;

  @Mixin private final WaitOptions waiting = new WaitOptions();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "yaml: the generated document; json: also what was rejected, and why. Default: yaml.")
  private StructuredPrinter.Form form = StructuredPrinter.Form.YAML;

  MonitorsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Logging.useByDefault(Logging.Level.WARN);
    Logging.leaveSourceFailures();
    ClusterOptions cluster = ClusterOptions.of(kubeconfig, context);
    cluster.manifests = Stream.concat(manifests.stream(), more.stream()).toList();
    CompiledMonitors monitors =
        new MonitorReading(cluster, console).within(waiting.timeout).compile(settings);
    if (form == StructuredPrinter.Form.JSON) {
      Map<String, Object> document = new LinkedHashMap<>(monitors.document());
      document.put("rejected", monitors.rejected().stream().map(Rejection::document).toList());
      StructuredPrinter.print(console, form, document);
    } else {
      MonitorReading.report(monitors, console);
      printYaml(monitors);
    }
    console.errorLine(Console.dim(Nouns.count(monitors.jobs().size(), "job")));
    boolean refused = monitors.rejected().stream().anyMatch(Rejection::isError);
    return cluster.exitCode(refused ? ExitCode.FINDING : ExitCode.OK);
  }

  /** Prints job by job: the text of 10,000 jobs at once would take hundreds of megabytes. */
  private void printYaml(CompiledMonitors monitors) {
    if (monitors.jobs().isEmpty()) {
      if (!monitors.isRefused()) {
        StructuredPrinter.print(console, StructuredPrinter.Form.YAML, monitors.document());
      }
      return;
    }
    StructuredPrinter.print(
        console, StructuredPrinter.Form.YAML, Map.of("global", monitors.global()));
    console.line("scrape_configs:");
    for (MonitorJob job : monitors.jobs()) {
      StructuredPrinter.print(console, StructuredPrinter.Form.YAML, List.of(job.tree()));
    }
  }
}
