package io.promdisco.cli;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.promdisco.Promdisco;
import io.promdisco.cli.output.ChangePrinter;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.DocumentStream;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.LiveScreen;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.OutputFormat;
import io.promdisco.cli.output.TargetPrinter;
import io.promdisco.cli.output.TargetRow;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.ListProgress;
import io.promdisco.cli.source.MonitorOptions;
import io.promdisco.cli.source.ProgressLine;
import io.promdisco.cli.source.SourceFailures;
import io.promdisco.cli.source.SourceOptions;
import io.promdisco.cli.source.WaitOptions;
import io.promdisco.config.Configuration;
import io.promdisco.discovery.JobStatus;
import io.promdisco.scrape.HttpSdDocument;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetsDocument;
import io.promdisco.util.Closer;
import io.promdisco.util.Nouns;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the targets of a configuration. */
@Command(
    name = "targets",
    mixinStandardHelpOptions = true,
    description = "Print the targets of a configuration.",
    footer = {
      "",
      "Waits until every source has delivered, then prints the targets and exits with 0."
          + " Exits with 3 if a source could not be read within --timeout. It prints the targets"
          + " it found even then, except with http-sd, which must be a complete list."
    })
final class TargetsCommand implements Callable<Integer> {
  /** The states of targets to print. */
  enum State {
    /** Active targets. */
    ACTIVE,
    /** Targets that a rule dropped. */
    DROPPED,
    /** Both. */
    ANY
  }

  private final Console console;
  @Mixin private final SourceOptions source = new SourceOptions();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "Output format: table, wide, json, yaml, http-sd or prometheus. Default: table.")
  private OutputFormat output = OutputFormat.TABLE;

  @Mixin private final MonitorOptions monitors = new MonitorOptions();

  @Mixin private final JobChoice jobs = new JobChoice();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description =
          "Which targets: active, dropped or any. Default: active; any with --output"
              + " prometheus.")
  private @Nullable State state;

  @Option(
      names = "--where",
      paramLabel = "LABEL=REGEX",
      description =
          "Only targets whose label matches; REGEX must match the whole value. If a target"
              + " has no final label of that name, the discovered label is used. Repeatable.")
  private Map<String, String> where = new LinkedHashMap<>();

  @Mixin private final WaitOptions waiting = new WaitOptions();

  @Option(
      names = "--watch",
      description =
          "Keep running. On a terminal, show a live table (q quits); otherwise, print a"
              + " line for every target that is added (+), changed (~) or removed (-).")
  private boolean watch;

  TargetsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    Logging.leaveSourceFailures();
    Map<String, Pattern> matchers = matchers();
    Configuration configuration =
        jobs.choose(monitors.within(waiting.timeout).load(source, console, jobs));
    ListProgress listed = new ListProgress(console);
    try (Promdisco promdisco =
        DiscoverySetup.start(source, DiscoverySetup.clients(source, console), listed)) {
      long start = System.nanoTime();
      promdisco.apply(configuration);
      boolean synced = ProgressLine.until(promdisco, waiting.timeout, console, listed);
      boolean printable = output != OutputFormat.HTTP_SD || isComplete(promdisco);
      List<Target> shown = printable ? print(promdisco, matchers) : List.of();
      console.out().flush();
      summary(promdisco, Duration.ofNanos(System.nanoTime() - start));
      int code = SourceFailures.report(console, promdisco, synced, waiting.timeout);
      Logging.reportSourceFailures();
      if (!printable) {
        code = ExitCode.UNREACHABLE;
      }
      if (watch) {
        follow(promdisco, matchers, shown);
      }
      return source.exitCode(code);
    }
  }

  private void follow(Promdisco promdisco, Map<String, Pattern> matchers, List<Target> shown)
      throws InterruptedException {
    try (Closer closer = new Closer()) {
      monitors
          .follow(source, console, changed -> promdisco.apply(chosen(changed)))
          .ifPresent(closer::add);
      if (output == OutputFormat.TABLE && console.terminal() && LiveScreen.isSupported()) {
        new LiveScreen(promdisco, row -> chosen(row, matchers), console.out()).run();
      } else if (!console.out().checkError()) {
        ChangePrinter.follow(
            promdisco, new ChangePrinter(console, row -> chosen(row, matchers), shown));
      }
    }
  }

  /** Those of the chosen jobs that there are now. */
  private Configuration chosen(Configuration changed) {
    return new Configuration(
        changed.jobs().stream().filter(job -> jobs.includes(job.jobName())).toList(),
        changed.effective(),
        changed.warnings());
  }

  private Map<String, Pattern> matchers() {
    Map<String, Pattern> out = new LinkedHashMap<>();
    where.forEach(
        (label, regex) -> {
          try {
            out.put(label, Pattern.compile("(?s:" + regex + ")"));
          } catch (PatternSyntaxException e) {
            throw CommandException.usage(
                "--where " + label + ": not a regular expression of RE2: " + e.getMessage());
          }
        });
    return out;
  }

  private State state() {
    if (state != null) {
      return state;
    }
    return output == OutputFormat.PROMETHEUS ? State.ANY : State.ACTIVE;
  }

  /** Prints the targets. Returns the active ones, as they were printed. */
  private List<Target> print(Promdisco promdisco, Map<String, Pattern> matchers) {
    List<PoolView> pools =
        promdisco.pools().stream().filter(pool -> jobs.includes(pool.job())).toList();
    List<Target> active = new ArrayList<>();
    pools.forEach(pool -> active.addAll(pool.activeTargets()));
    try {
      if (output == OutputFormat.PROMETHEUS) {
        PrintStream out = console.document(DocumentStream.Form.JSON);
        TargetsDocument.write(
            pools,
            documentState(),
            null,
            () -> incomplete(promdisco).stream().map(JobStatus::describe).toList(),
            out);
        out.println();
        out.flush();
        return active;
      }
      if (output == OutputFormat.HTTP_SD) {
        PrintStream out = console.document(DocumentStream.Form.JSON);
        HttpSdDocument.write(
            active.stream().filter(target -> chosen(TargetRow.of(target), matchers)).toList(), out);
        out.println();
        out.flush();
        return active;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<TargetRow> rows = new ArrayList<>();
    if (state() != State.DROPPED) {
      active.forEach(target -> rows.add(TargetRow.of(target)));
    }
    if (state() != State.ACTIVE) {
      for (PoolView pool : pools) {
        pool.droppedTargets(0).forEach(target -> rows.add(TargetRow.of(target)));
      }
    }
    rows.removeIf(row -> !chosen(row, matchers));
    rows.sort(TargetRow.ORDER);
    new TargetPrinter(console).print(output, rows);
    return active;
  }

  /** Whether the chosen jobs are complete; prints the incomplete ones. */
  private boolean isComplete(Promdisco promdisco) {
    List<JobStatus> incomplete = incomplete(promdisco);
    if (incomplete.isEmpty()) {
      return true;
    }
    console.errorLine(
        "promdisco: targets: http-sd prints nothing, because the list is incomplete for "
            + Nouns.noun(incomplete.size(), "job")
            + " "
            + incomplete.stream().map(JobStatus::job).collect(Collectors.joining(", ")));
    return false;
  }

  /** Returns the chosen jobs that are incomplete. */
  private List<JobStatus> incomplete(Promdisco promdisco) {
    return promdisco.jobs().stream()
        .filter(job -> jobs.includes(job.job()) && !job.complete())
        .toList();
  }

  private TargetsDocument.State documentState() {
    return TargetsDocument.State.parse(state().name());
  }

  private boolean chosen(TargetRow row, Map<String, Pattern> matchers) {
    for (Map.Entry<String, Pattern> matcher : matchers.entrySet()) {
      String value = row.labels().get(matcher.getKey());
      if (value == null) {
        value = row.discovered().getOrEmpty(matcher.getKey());
      }
      if (!matcher.getValue().matches(value)) {
        return false;
      }
    }
    return jobs.includes(row.job());
  }

  private void summary(Promdisco promdisco, Duration took) {
    long active = 0;
    long dropped = 0;
    for (PoolView pool : promdisco.pools()) {
      active += pool.counts().active();
      dropped += pool.counts().dropped();
    }
    console.errorLine(
        Console.dim(
            String.format(
                Locale.ROOT,
                "%d active, %d dropped in %s, after %.2f s",
                active,
                dropped,
                Nouns.count(promdisco.pools().size(), "job"),
                took.toMillis() / 1000.0)));
  }
}
