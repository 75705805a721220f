package io.promdisco.cli.bench;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.sim.ManyPodsCluster;
import io.promdisco.util.Nouns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures promdisco on this machine, without Kubernetes. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measure promdisco serve with a simulated API server that has many pods. Needs no"
            + " server.",
    footer = {
      "",
      "The simulated API server and serve run in separate processes; serve gets the JVM"
          + " flags of this process. An extra first start warms up the API server and is not"
          + " counted."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final int MOST_PODS = 1_000_000;
  private static final int MOST_JOBS = 10_000;

  /** The format of the results. */
  enum Format {
    /** A table for people. */
    TABLE,
    /** One object, in seconds and bytes. */
    JSON
  }

  private final Console console;

  @Option(
      names = "--pods",
      paramLabel = "N",
      description = "Number of pods, each of 9 kB with two ports; 1 to 1000000. Default: 50000.")
  private int pods = 50_000;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "Number of jobs. Each discovers all pods and keeps those of its own namespace; 1 to"
              + " 10000. Default: 20.")
  private int jobs = 20;

  @Option(
      names = "--keeping",
      paramLabel = "N",
      description =
          "Number of jobs that keep targets; the others are for namespaces without pods. At"
              + " most 50. Default: as many as possible.")
  private @Nullable Integer keeping;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Number of cold starts; the median is shown; 1 to 100. Default: 3.")
  private int runs = 3;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Number of pods replaced per second; 0 to 10000. Default: 20.")
  private int rate = 20;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Number of seconds during which pods are replaced; 0 to 86400. Default: 20.")
  private int seconds = 20;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "Output format: table or json. Default: table.")
  private Format output = Format.TABLE;

  public BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    CommandException.requireRange("--pods", pods, 1, MOST_PODS);
    CommandException.requireRange("--jobs", jobs, 1, MOST_JOBS);
    CommandException.requireRange("--runs", runs, 1, 100);
    CommandException.requireRange("--rate", rate, 0, 10_000);
    CommandException.requireRange("--seconds", seconds, 0, 86_400);
    int most = Math.min(jobs, ManyPodsCluster.NAMESPACES);
    int kept = keeping == null ? most : keeping;
    CommandException.requireRange("--keeping", kept, 1, most);
    try (TemporaryFolder folder = TemporaryFolder.create("promdisco-bench")) {
      print(measure(new Benchmark(pods, jobs, kept, folder.path())));
    }
    return ExitCode.OK;
  }

  private BenchReport measure(Benchmark bench) throws IOException, InterruptedException {
    progress("filling a simulated cluster with %,d %s".formatted(pods, Nouns.noun(pods, "pod")));
    try (ChildJvm server = bench.startServer()) {
      progress("a first start, not counted");
      bench.serve().close();
      List<BenchReport.Cold> colds = new ArrayList<>();
      while (true) {
        progress("cold start " + (colds.size() + 1) + " of " + runs);
        try (Benchmark.Served served = bench.serve()) {
          colds.add(served.cold());
          if (colds.size() == runs) {
            return report(bench, BenchReport.Cold.median(colds), churn(bench, server, served));
          }
        }
      }
    }
  }

  private BenchReport.@Nullable Churn churn(
      Benchmark bench, ChildJvm server, Benchmark.Served served)
      throws IOException, InterruptedException {
    if (seconds == 0) {
      return null;
    }
    progress("%s replaced per second, for %d s".formatted(Nouns.count(rate, "pod"), seconds));
    return bench.churn(server, served, rate, Duration.ofSeconds(seconds));
  }

  private BenchReport report(
      Benchmark bench, BenchReport.Cold cold, BenchReport.@Nullable Churn churn) {
    return new BenchReport(pods, jobs, 2 * pods, bench.expected(), cold, churn);
  }

  private void progress(String what) {
    if (console.terminal()) {
      console.errorLine(Console.dim(what));
    }
  }

  private void print(BenchReport report) {
    if (output == Format.JSON) {
      StructuredPrinter.print(console, StructuredPrinter.Form.JSON, report.json());
    } else {
      report.lines().forEach(console::line);
    }
  }
}
