package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.DiffPrinter;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredOutputOption;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.output.TargetDiff;
import io.promdisco.cli.output.TargetDiff.Scraped;
import io.promdisco.cli.output.TargetRow;
import io.promdisco.cli.source.ClusterOptions;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.ListProgress;
import io.promdisco.cli.source.MonitorReading;
import io.promdisco.cli.source.ProgressLine;
import io.promdisco.cli.source.SourceFailures;
import io.promdisco.cli.source.TargetsApiClient;
import io.promdisco.cli.source.WaitOptions;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.scrape.PoolView;
import io.promdisco.util.Ticker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows which targets are added, removed or changed when one configuration replaces another. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    customSynopsis = {
      "promdisco diff [OPTIONS] OLD NEW",
      "       promdisco diff [OPTIONS] --at-server URL NEW",
      "       promdisco diff [OPTIONS] --at-server OLD_URL --at-server NEW_URL"
    },
    description = "Show which targets are added, removed or changed when NEW replaces OLD.",
    footer = {
      "",
      "Exits with 1 if --fail-on applies. If a source cannot be read, its targets would"
          + " look like removed ones; so the command exits with 3 and compares nothing."
    })
final class DiffCommand implements Callable<Integer> {
  /** Which difference is a failure. */
  enum FailOn {
    /** Removed targets. */
    LOST,
    /** Added, removed or changed targets. */
    ANY
  }

  private final Console console;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(arity = "0..2", paramLabel = "OLD NEW", description = "Configuration files.")
  private List<Path> files = List.of();

  @Option(
      names = "--at-server",
      paramLabel = "URL",
      description =
          "Read the targets of a running promdisco serve or Prometheus instead of a file."
              + " If given twice, the first is the old one.")
  private List<String> servers = List.of();

  @Option(
      names = MonitorReading.OPTION,
      paramLabel = "SETTINGS",
      description =
          "Instead of a file, use the jobs of the monitors in the cluster, or in --manifests, with"
              + " these settings. Comes after files.")
  private List<Path> monitors = List.of();

  @Mixin private final JobChoice jobs = new JobChoice();

  @Option(
      names = "--fail-on",
      paramLabel = "WHAT",
      description = "When to exit with 1: lost, if a target is removed; any, if anything differs.")
  private @Nullable FailOn failOn;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Number of lines to show for each job. Default: 50; json and yaml show all.")
  private int limit = 50;

  @Mixin private final WaitOptions waiting = new WaitOptions();

  @Mixin private final StructuredOutputOption structured = new StructuredOutputOption();

  DiffCommand(Console console) {
    this.console = console;
  }

  /**
   * One of the two sides of the comparison. Sides from files discover at the same time, and are
   * read afterwards.
   */
  private interface Side extends AutoCloseable {
    /** Returns its jobs, as far as they are known without targets. */
    Set<String> jobs();

    /** Waits for the targets. Returns an exit code. */
    int await() throws InterruptedException;

    /** Returns its targets in order. */
    List<Scraped> targets();

    @Override
    void close();
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    Logging.leaveSourceFailures();
    int sides = servers.size() + files.size() + monitors.size();
    if (sides != 2) {
      throw CommandException.usage(
          "diff: "
              + sides
              + " to compare (expected: two, each a file, an --at-server or a --prometheus-cr)");
    }
    MonitorReading reading =
        monitors.isEmpty() ? null : new MonitorReading(cluster, console).within(waiting.timeout);
    CommandException.requireRange("--limit", limit, 0, Integer.MAX_VALUE);
    Function<Ticker, ResourceClientFactory> clients = DiscoverySetup.clients(cluster, console);
    try (Side old = side(0, clients, reading);
        Side now = side(1, clients, reading)) {
      int code = Math.max(old.await(), now.await());
      if (code != ExitCode.OK) {
        console.errorLine(
            "promdisco: diff: nothing was compared, because a source could not be read");
        return code;
      }
      return cluster.exitCode(print(TargetDiff.of(chosen(old, now), chosen(now, old))));
    }
  }

  private Side side(
      int index,
      Function<Ticker, ResourceClientFactory> clients,
      @Nullable MonitorReading reading) {
    if (index < servers.size()) {
      return new ServerSide(
          new TargetsApiClient("--at-server", servers.get(index), waiting.timeout));
    }
    int inFiles = index - servers.size();
    if (inFiles >= files.size() && reading != null) {
      Path settings = monitors.get(inFiles - files.size());
      Configuration configuration =
          MonitorReading.joined(Configuration.of(), reading.read(settings).compiled().configs());
      return new Discovered(settings, configuration, clients);
    }
    Path file = files.get(inFiles);
    return new Discovered(file, cluster.load(file, console, jobs), clients);
  }

  private List<Scraped> chosen(Side side, Side other) {
    for (String job : jobs.names) {
      if (!side.jobs().contains(job) && !other.jobs().contains(job)) {
        throw CommandException.usage(
            "--job: no job \"" + job + "\" on either side (expected: one of them)");
      }
    }
    return side.targets().stream().filter(target -> jobs.includes(target.job())).toList();
  }

  private int print(List<TargetDiff> diffs) {
    DiffPrinter printer = new DiffPrinter(console, limit);
    if (structured.form == StructuredPrinter.Form.TEXT) {
      printer.text(diffs);
    } else {
      printer.document(structured.form, diffs);
    }
    if (failOn == null) {
      return ExitCode.OK;
    }
    boolean found =
        failOn == FailOn.LOST
            ? diffs.stream().anyMatch(diff -> !diff.removed().isEmpty())
            : diffs.stream().anyMatch(diff -> !diff.isEmpty());
    return found ? ExitCode.FINDING : ExitCode.OK;
  }

  /** The targets of a configuration file. */
  private final class Discovered implements Side {
    private final ListProgress listed = new ListProgress(console);
    private final Path file;
    private final Promdisco promdisco;
    private final Set<String> jobNames = new HashSet<>();

    Discovered(
        Path file, Configuration configuration, Function<Ticker, ResourceClientFactory> clients) {
      this.file = file;
      List<ScrapeConfig> asked =
          configuration.jobs().stream().filter(job -> jobs.includes(job.jobName())).toList();
      asked.stream().map(ScrapeConfig::jobName).forEach(jobNames::add);
      promdisco = DiscoverySetup.start(cluster, clients, listed);
      promdisco.apply(
          new Configuration(asked, configuration.effective(), configuration.warnings()));
    }

    @Override
    public Set<String> jobs() {
      return jobNames;
    }

    @Override
    public int await() throws InterruptedException {
      boolean synced = ProgressLine.until(promdisco, waiting.timeout, console, listed);
      return SourceFailures.report(console, file + ": ", promdisco, synced, waiting.timeout);
    }

    @Override
    public List<Scraped> targets() {
      List<Scraped> targets = new ArrayList<>();
      for (PoolView pool : promdisco.pools()) {
        pool.activeTargets().forEach(target -> targets.add(Scraped.of(target)));
      }
      return targets;
    }

    @Override
    public void close() {
      promdisco.close();
    }
  }

  /** The targets of a server. */
  private final class ServerSide implements Side {
    private final TargetsApiClient api;
    private final Set<String> jobNames = new HashSet<>();
    private List<Scraped> active = List.of();

    ServerSide(TargetsApiClient api) {
      this.api = api;
    }

    @Override
    public Set<String> jobs() {
      return jobNames;
    }

    @Override
    public int await() {
      List<Scraped> found = new ArrayList<>();
      TargetsApiClient.TargetsAnswer answer = api.targets(jobs.names);
      if (!answer.incomplete().isEmpty()) {
        answer.incomplete().forEach(line -> console.errorLine(Console.red("error: "), line));
        return ExitCode.UNREACHABLE;
      }
      for (TargetRow target : answer.targets()) {
        jobNames.add(target.job());
        if (target.active()) {
          found.add(Scraped.of(target));
        }
      }
      active = found;
      return ExitCode.OK;
    }

    @Override
    public List<Scraped> targets() {
      return active;
    }

    @Override
    public void close() {}
  }
}
