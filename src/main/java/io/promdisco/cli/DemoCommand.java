package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.cli.bench.TemporaryFolder;
import io.promdisco.cli.output.ChangePrinter;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.TargetRow;
import io.promdisco.cli.output.TargetTable;
import io.promdisco.cli.source.WaitOptions;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetListener;
import io.promdisco.sim.DemoCluster;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Discovers the targets of a simulated cluster that changes. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Show how the targets of a small simulated cluster change. Needs no server.")
final class DemoCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Number of events before the demo ends; 0 for no end. Default: 24.")
  private int steps = 24;

  @Option(
      names = "--pace",
      paramLabel = "TIME",
      converter = WaitOptions.DurationConverter.class,
      description = "Time between two events. Default: 700ms.")
  private Duration pace = Duration.ofMillis(700);

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    CommandException.requireRange("--steps", steps, 0, Integer.MAX_VALUE);
    SimCluster cluster = new SimCluster();
    DemoCluster demo = DemoCluster.create(cluster);
    try (TemporaryFolder folder = TemporaryFolder.create("promdisco-demo");
        SimApiServer server = SimApiServer.start(cluster)) {
      server.writeKubeconfig(folder.path().resolve("kubeconfig"));
      Configuration configuration = configuration(folder.path());
      console.line("A simulated API server on " + server.url() + ", and this configuration:");
      configurationText().strip().lines().forEach(line -> console.line(Console.dim("  " + line)));
      try (Promdisco promdisco = Promdisco.builder().build()) {
        promdisco.apply(configuration);
        promdisco.awaitSynced(Duration.ofSeconds(30));
        live(promdisco, demo, printTargets(promdisco));
      }
    }
    return ExitCode.OK;
  }

  private List<Target> printTargets(Promdisco promdisco) {
    List<Target> targets = new ArrayList<>();
    promdisco.pools().forEach(pool -> targets.addAll(pool.activeTargets()));
    List<TargetRow> rows = new ArrayList<>(targets.stream().map(TargetRow::of).toList());
    rows.sort(TargetRow.ORDER);
    console.line();
    new TargetTable(console, false).print(rows);
    console.line();
    console.out().flush();
    return targets;
  }

  /** Runs the events and prints the resulting changes of targets. */
  private void live(Promdisco promdisco, DemoCluster demo, List<Target> shown)
      throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    ChangePrinter lines = new ChangePrinter(console, row -> true, shown);
    try (TargetListener.Registration registration = promdisco.listen(lines)) {
      Objects.requireNonNull(registration);
      for (int i = 0; steps == 0 || i < steps; i++) {
        lines.headline(demo.step());
        if (never.await(pace.toMillis(), TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    console.line();
    console.line(
        "Your own: promdisco targets prometheus.yml --watch   (promdisco --help for more)");
  }

  private static Configuration configuration(Path folder) {
    ConfigLoader.LoadResult result =
        new ConfigLoader()
            .read(
                "demo.yml",
                configurationText().getBytes(StandardCharsets.UTF_8),
                folder.toAbsolutePath());
    return result
        .configuration()
        .orElseThrow(() -> new IllegalStateException(result.problems().toString()));
  }

  static String configurationText() {
    try (InputStream in = DemoCommand.class.getResourceAsStream("demo.yml")) {
      if (in == null) {
        throw new IllegalStateException("demo.yml is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
