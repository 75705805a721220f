package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.ExplainDocument;
import io.promdisco.cli.output.ExplainPrinter;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredOutputOption;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.output.TargetRow;
import io.promdisco.cli.source.ClusterClients;
import io.promdisco.cli.source.ClusterInspection;
import io.promdisco.cli.source.ClusterOptions;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.ListProgress;
import io.promdisco.cli.source.MonitorOptions;
import io.promdisco.cli.source.ProgressLine;
import io.promdisco.cli.source.SourceFailures;
import io.promdisco.cli.source.SourceOptions;
import io.promdisco.cli.source.TargetsApiClient;
import io.promdisco.cli.source.WaitOptions;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.explain.AssignedCollectors;
import io.promdisco.explain.ExplainQuery;
import io.promdisco.explain.Explainer;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.ExplanationRetry;
import io.promdisco.explain.MonitorExplainer;
import io.promdisco.explain.MonitorExplanation;
import io.promdisco.explain.MonitorQuery;
import io.promdisco.explain.TargetCollector;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetBuilder;
import io.promdisco.util.Ticker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explains why something is scraped or not. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    customSynopsis = "promdisco explain [OPTIONS] [CONFIG] QUERY",
    description =
        "Explain why something is scraped or not: which rule decides, or what is wrong with the"
            + " object.",
    footer = {
      "",
      "QUERY is an object (pod/shop/web-0, svc/web, shop/web-0, web-0), a workload that"
          + " owns pods (deploy/shop/web), an address (10.0.0.1:8080, a cluster IP, a host name),"
          + " a URL, or LABEL=VALUE. With --prometheus-cr it can be a monitor too"
          + " (servicemonitor/shop/web, podmonitor, probe, scrapeconfig). Exits with 0 if a job"
          + " scrapes it, otherwise with 1."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration SERVER_PAUSE = Duration.ofSeconds(1);

  /** The maximum delay of discovery after a list, if nothing is wrong. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Console console;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(
      arity = "1..2",
      paramLabel = "[CONFIG] QUERY",
      description =
          "Configuration file (default: prometheus.yml in the current folder) and the query.")
  private List<String> words = List.of();

  @Option(
      names = {SourceOptions.CONFIG, SourceOptions.CONFIG_FILE},
      paramLabel = "FILE",
      description = SourceOptions.CONFIG_HELP)
  private @Nullable Path option;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "Read the targets of a running promdisco serve or allocate, or of a Prometheus. Without"
              + " CONFIG, read its configuration too.")
  private @Nullable String server;

  @Mixin private final MonitorOptions monitors = new MonitorOptions();

  @Mixin private final JobChoice jobs = new JobChoice();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Number of targets to show for each job. Default: 5.")
  private int limit = 5;

  @Mixin private final WaitOptions waiting = new WaitOptions();

  @Mixin private final StructuredOutputOption structured = new StructuredOutputOption();

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    Logging.leaveSourceFailures();
    CommandException.requireRange("--limit", limit, 1, Integer.MAX_VALUE);
    String text = words.get(words.size() - 1);
    Optional<MonitorQuery> monitor = monitors.named() ? MonitorQuery.parse(text) : Optional.empty();
    Question question = monitor.isPresent() ? monitor(monitor.get()) : object(text);
    return server == null ? discovered(question) : served(question, server);
  }

  /** What somebody asks. */
  private interface Question {
    /**
     * Begins to answer.
     *
     * @param jobs those that are chosen
     */
    Answering begin(List<ScrapeConfig> jobs);
  }

  /**
   * What answers a question.
   *
   * @param jobs those whose targets are needed
   */
  private record Answering(List<ScrapeConfig> jobs, Look look) {}

  /** Looks at targets and sources. */
  private interface Look {
    /**
     * Finds the answer.
     *
     * @param sources the sources to read, new for each attempt
     * @param targets returns all current targets
     * @param collectors knows which collectors of a target allocator scrape them
     * @param pause between two attempts
     */
    Answer at(
        Supplier<Explainer.SourceInspector> sources,
        Consumer<TargetCollector> targets,
        AssignedCollectors.Lookup collectors,
        Duration pause)
        throws InterruptedException;
  }

  /**
   * The answer to a question.
   *
   * @param print prints it
   */
  private record Answer(boolean scraped, Runnable print) {}

  private Question object(String text) {
    try {
      ExplainQuery query = ExplainQuery.parse(text);
      return asked ->
          new Answering(
              asked,
              (sources, targets, collectors, pause) -> {
                Explanation answer =
                    lookedAt(query, asked, sources, targets, pause).with(collectors);
                return new Answer(answer.scraped(), () -> print(answer));
              });
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("QUERY: " + e.getMessage());
    }
  }

  private Question monitor(MonitorQuery query) {
    return asked -> {
      MonitorExplainer explainer =
          new MonitorExplainer(query, monitors.snapshot().orElseThrow(), asked, limit);
      return new Answering(
          explainer.jobs(),
          (sources, targets, collectors, pause) -> {
            targets.accept(explainer);
            MonitorExplanation answer = explainer.explain(sources.get());
            return new Answer(answer.scraped(), () -> print(answer));
          });
    };
  }

  private Configuration configuration() {
    Path argument = words.size() > 1 ? Path.of(words.get(0)) : null;
    return monitors.load(
        cluster,
        console,
        argument != null || option != null,
        () -> cluster.load(SourceOptions.file(argument, option), console, jobs));
  }

  /** Discovers for itself. */
  private int discovered(Question question) throws InterruptedException {
    Configuration configuration = configuration();
    Answering answering = question.begin(jobs.of(configuration));
    Function<Ticker, ResourceClientFactory> clients = DiscoverySetup.clients(cluster, console);
    ListProgress listed = new ListProgress(console);
    try (Promdisco promdisco = DiscoverySetup.start(cluster, clients, listed);
        ClusterClients readers = new ClusterClients(clients)) {
      promdisco.apply(new Configuration(answering.jobs, configuration.effective(), List.of()));
      boolean synced = ProgressLine.until(promdisco, waiting.timeout, console, listed);
      Answer answer =
          answering.look.at(
              () -> new ClusterInspection(readers, promdisco.providers(), cluster.leftOut),
              explainer -> addDiscovered(promdisco, explainer),
              AssignedCollectors.Lookup.NONE,
              PAUSE);
      int unreachable = SourceFailures.report(console, promdisco, synced, waiting.timeout);
      int code = print(answer);
      return code == ExitCode.OK ? code : Math.max(code, unreachable);
    }
  }

  private static void addDiscovered(Promdisco promdisco, TargetCollector explainer) {
    for (PoolView pool : promdisco.pools()) {
      pool.forEachDiscovered(
          (target, outcome) ->
              explainer.addTarget(
                  pool.config(),
                  target.provider(),
                  target.source(),
                  target.discoveredLabels(),
                  outcome));
    }
  }

  /** Asks a server what it discovered, and runs the rules over that again. */
  private int served(Question question, String url) throws InterruptedException {
    TargetsApiClient api = new TargetsApiClient("--server", url, waiting.timeout);
    Configuration configuration =
        words.size() < 2 && option == null && !monitors.named()
            ? configurationOf(api)
            : configuration();
    Answering answering = question.begin(jobs.of(configuration));
    ServedTargets targets = new ServedTargets(api, answering.jobs);
    if (!cluster.named()) {
      return served(
          answering.look.at(() -> ClusterInspection.NONE, targets, collectors(api), SERVER_PAUSE),
          targets);
    }
    try (ClusterClients readers = new ClusterClients(DiscoverySetup.clients(cluster, console))) {
      return served(
          answering.look.at(
              () -> new ClusterInspection(readers, List.of(), cluster.leftOut),
              targets,
              collectors(api),
              SERVER_PAUSE),
          targets);
    }
  }

  /** Asks the server for collectors, which it has if it is a target allocator. */
  private AssignedCollectors.Lookup collectors(TargetsApiClient api) {
    return (job, addresses) -> {
      try {
        return api.collectors(job, addresses).orElse(Map.of());
      } catch (CommandException e) {
        e.lines().forEach(line -> console.errorLine(Console.yellow("warning: "), line));
        return Map.of();
      }
    };
  }

  /** The answer from the targets of a server; an incomplete server may have further targets. */
  private int served(Answer answer, ServedTargets targets) {
    List<String> incomplete = targets.incomplete;
    incomplete.forEach(line -> console.errorLine(Console.red("error: "), line));
    int code = print(answer);
    return code == ExitCode.OK || incomplete.isEmpty()
        ? code
        : Math.max(code, ExitCode.UNREACHABLE);
  }

  /** Gives an explainer the current targets of a server. */
  private static final class ServedTargets implements Consumer<TargetCollector> {
    private final TargetsApiClient api;
    private final Map<String, TargetBuilder> builders = new HashMap<>();
    private final Map<String, ScrapeConfig> jobs = new LinkedHashMap<>();

    /** A line for each incomplete job at the last attempt. */
    private List<String> incomplete = List.of();

    ServedTargets(TargetsApiClient api, List<ScrapeConfig> asked) {
      this.api = api;
      for (ScrapeConfig job : asked) {
        builders.put(job.jobName(), new TargetBuilder(job));
        jobs.put(job.jobName(), job);
      }
    }

    @Override
    public void accept(TargetCollector explainer) {
      TargetsApiClient.TargetsAnswer answer = api.targets(jobs.keySet());
      incomplete = answer.incomplete();
      for (TargetRow target : answer.targets()) {
        ScrapeConfig job = jobs.get(target.job());
        TargetBuilder builder = builders.get(target.job());
        if (job != null && builder != null) {
          TargetGroup group = new TargetGroup("", List.of(target.discovered()), Labels.EMPTY);
          explainer.addTarget(job, "", "", target.discovered(), builder.build("", group, 0));
        }
      }
    }
  }

  /**
   * Returns the answer, after as many attempts as needed within {@code --timeout}.
   *
   * @param sources the sources to read, new ones for each attempt
   * @param targets returns all current targets
   * @param pause the pause between two attempts
   */
  private Explanation lookedAt(
      ExplainQuery query,
      List<ScrapeConfig> asked,
      Supplier<Explainer.SourceInspector> sources,
      Consumer<TargetCollector> targets,
      Duration pause)
      throws InterruptedException {
    Duration longest = LONGEST.compareTo(waiting.timeout) < 0 ? LONGEST : waiting.timeout;
    long looks = 1 + longest.dividedBy(pause);
    return ExplanationRetry.run(
        () -> explained(query, asked, sources.get(), targets),
        (int) looks,
        () -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()));
  }

  /** An address without targets may be another address of an object with targets. */
  private Explanation explained(
      ExplainQuery query,
      List<ScrapeConfig> asked,
      Explainer.SourceInspector sources,
      Consumer<TargetCollector> targets)
      throws InterruptedException {
    Explanation answer = explained(explainer(query), asked, sources, targets);
    Optional<ExplainQuery> owners =
        answer.matched() ? Optional.empty() : Explainer.owners(query, asked, sources);
    return owners.isEmpty() ? answer : explained(explainer(owners.get()), asked, sources, targets);
  }

  private Explainer explainer(ExplainQuery query) {
    Map<String, List<String>> fields = monitors.ruleFields();
    return new Explainer(query, limit, job -> fields.getOrDefault(job, List.of()));
  }

  private static Explanation explained(
      Explainer explainer,
      List<ScrapeConfig> asked,
      Explainer.SourceInspector sources,
      Consumer<TargetCollector> targets)
      throws InterruptedException {
    targets.accept(explainer);
    return explainer.explain(asked, sources);
  }

  private Configuration configurationOf(TargetsApiClient api) {
    ConfigLoader.LoadResult result =
        new ConfigLoader()
            .onlyJobs(jobs.names)
            .leavingFiles() // The files are on the server's machine, and the server may be hostile.
            .read(
                api.server() + "/api/v1/status/config",
                api.config().getBytes(StandardCharsets.UTF_8),
                Path.of(""));
    Configuration configuration =
        result
            .configuration()
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        result.problems().stream().map(Problem::describe).toList()));
    if (configuration.effective().containsKey("scrape_config_files")) {
      console.errorLine(
          Console.yellow("warning: "),
          api.server() + " has scrape_config_files, whose jobs are left out (expected: CONFIG)");
    }
    return configuration;
  }

  private void print(Explanation answer) {
    if (structured.form == StructuredPrinter.Form.TEXT) {
      new ExplainPrinter(console).print(answer);
    } else {
      StructuredPrinter.print(console, structured.form, ExplainDocument.of(answer));
    }
  }

  private void print(MonitorExplanation answer) {
    if (structured.form == StructuredPrinter.Form.TEXT) {
      new ExplainPrinter(console).print(answer);
    } else {
      StructuredPrinter.print(console, structured.form, ExplainDocument.of(answer));
    }
  }

  private int print(Answer answer) {
    answer.print.run();
    console.out().flush();
    return answer.scraped ? ExitCode.OK : ExitCode.FINDING;
  }
}
