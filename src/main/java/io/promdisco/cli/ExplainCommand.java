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
import io.promdisco.explain.ExplainQuery;
import io.promdisco.explain.Explainer;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.ExplanationRetry;
import io.promdisco.explain.TargetCollectors;
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

/** Says why something is scraped or is not. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    customSynopsis = "promdisco explain [OPTIONS] [CONFIG] QUERY",
    description = "Say why something is scraped or is not: which rule, or what about the object.",
    footer = {
      "",
      "QUERY is an object (pod/shop/web-0, svc/web, shop/web-0, web-0), the owner of pods"
          + " (deploy/shop/web), an address of either (10.0.0.1:8080, a cluster IP, a host), a URL,"
          + " or LABEL=VALUE. Ends with 0 if a job scrapes it, otherwise with 1."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration SERVER_PAUSE = Duration.ofSeconds(1);

  /** The longest delay of discovery after a list, if nothing is wrong. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Console console;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(
      arity = "1..2",
      paramLabel = "[CONFIG] QUERY",
      description = "Configuration file (default: prometheus.yml in this folder), and the query.")
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
          "Ask a running promdisco serve or allocate, or a Prometheus, for its targets; without"
              + " CONFIG for its configuration too.")
  private @Nullable String server;

  @Mixin private final MonitorOptions monitors = new MonitorOptions();

  @Mixin private final JobChoice jobs = new JobChoice();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many targets of a job to show. Default: 5.")
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
    ExplainQuery query = query();
    return server == null ? discovered(query) : served(query, server);
  }

  private ExplainQuery query() {
    try {
      return ExplainQuery.parse(words.get(words.size() - 1));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("QUERY: " + e.getMessage());
    }
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
  private int discovered(ExplainQuery query) throws InterruptedException {
    Configuration configuration = configuration();
    List<ScrapeConfig> asked = jobs.of(configuration);
    Function<Ticker, ResourceClientFactory> clients = DiscoverySetup.clients(cluster, console);
    ListProgress listed = new ListProgress(console);
    try (Promdisco promdisco = DiscoverySetup.start(cluster, clients, listed);
        ClusterClients readers = new ClusterClients(clients)) {
      promdisco.apply(new Configuration(asked, configuration.effective(), List.of()));
      boolean synced = ProgressLine.until(promdisco, waiting.timeout, console, listed);
      Explanation answer =
          lookedAt(
              query,
              asked,
              () -> new ClusterInspection(readers, promdisco.providers(), cluster.leftOut),
              explainer -> addDiscovered(promdisco, explainer),
              PAUSE);
      int unreachable = SourceFailures.report(console, promdisco, synced, waiting.timeout);
      int code = print(answer);
      return code == ExitCode.OK ? code : Math.max(code, unreachable);
    }
  }

  private static void addDiscovered(Promdisco promdisco, Explainer explainer) {
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
  private int served(ExplainQuery query, String url) throws InterruptedException {
    TargetsApiClient api = new TargetsApiClient("--server", url, waiting.timeout);
    Configuration configuration =
        words.size() < 2 && option == null ? configurationOf(api) : configuration();
    List<ScrapeConfig> asked = jobs.of(configuration);
    ServedTargets targets = new ServedTargets(api, asked);
    if (!cluster.named()) {
      return served(
          lookedAt(query, asked, () -> ClusterInspection.NONE, targets, SERVER_PAUSE)
              .with(collectors(api)),
          targets);
    }
    try (ClusterClients readers = new ClusterClients(DiscoverySetup.clients(cluster, console))) {
      return served(
          lookedAt(
                  query,
                  asked,
                  () -> new ClusterInspection(readers, List.of(), cluster.leftOut),
                  targets,
                  SERVER_PAUSE)
              .with(collectors(api)),
          targets);
    }
  }

  /** Asks the server for collectors, which it has if it is a target allocator. */
  private TargetCollectors.Lookup collectors(TargetsApiClient api) {
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
  private int served(Explanation answer, ServedTargets targets) {
    List<String> incomplete = targets.incomplete;
    incomplete.forEach(line -> console.errorLine(Console.red("error: "), line));
    int code = print(answer);
    return code == ExitCode.OK || incomplete.isEmpty()
        ? code
        : Math.max(code, ExitCode.UNREACHABLE);
  }

  /** Gives an explainer the current targets of a server. */
  private static final class ServedTargets implements Consumer<Explainer> {
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
    public void accept(Explainer explainer) {
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
   * The answer, after as many attempts as needed within {@code --timeout}.
   *
   * @param sources the sources to read, new for each attempt
   * @param targets returns all current targets
   * @param pause between two attempts
   */
  private Explanation lookedAt(
      ExplainQuery query,
      List<ScrapeConfig> asked,
      Supplier<Explainer.SourceInspector> sources,
      Consumer<Explainer> targets,
      Duration pause)
      throws InterruptedException {
    Duration longest = LONGEST.compareTo(waiting.timeout) < 0 ? LONGEST : waiting.timeout;
    long looks = 1 + longest.dividedBy(pause);
    return ExplanationRetry.run(
        () -> explained(query, asked, sources.get(), targets),
        (int) looks,
        () -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()));
  }

  /** An address that no target has may be another address of an object with targets. */
  private Explanation explained(
      ExplainQuery query,
      List<ScrapeConfig> asked,
      Explainer.SourceInspector sources,
      Consumer<Explainer> targets)
      throws InterruptedException {
    Explanation answer = explained(new Explainer(query, limit), asked, sources, targets);
    Optional<ExplainQuery> owners =
        answer.matched() ? Optional.empty() : Explainer.owners(query, asked, sources);
    return owners.isEmpty()
        ? answer
        : explained(new Explainer(owners.get(), limit), asked, sources, targets);
  }

  private static Explanation explained(
      Explainer explainer,
      List<ScrapeConfig> asked,
      Explainer.SourceInspector sources,
      Consumer<Explainer> targets)
      throws InterruptedException {
    targets.accept(explainer);
    return explainer.explain(asked, sources);
  }

  private Configuration configurationOf(TargetsApiClient api) {
    ConfigLoader.LoadResult result =
        new ConfigLoader()
            .onlyJobs(jobs.names)
            .leavingFiles() // They are files of that machine, and it may be hostile.
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

  private int print(Explanation answer) {
    if (structured.form == StructuredPrinter.Form.TEXT) {
      new ExplainPrinter(console).print(answer);
    } else {
      StructuredPrinter.print(console, structured.form, ExplainDocument.of(answer));
    }
    console.out().flush();
    return answer.scraped() ? ExitCode.OK : ExitCode.FINDING;
  }
}
