package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.config.ConfigLoader;
import io.promdisco.config.Configuration;
import io.promdisco.config.Problem;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.explain.Explainer;
import io.promdisco.explain.Explanation;
import io.promdisco.explain.Query;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetBuilder;
import io.promdisco.util.Ticker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
      "QUERY is a pod, service, node or ingress (pod/shop/web-0, shop/web-0, web-0), an address",
      "(10.0.0.1:8080), a URL, or LABEL=VALUE. Ends with 0 if a job scrapes it, otherwise with 1."
    })
final class ExplainCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Parameters(
      arity = "1..2",
      paramLabel = "[CONFIG] QUERY",
      description = "Configuration file (default: prometheus.yml in this folder), and the query.")
  private List<String> words = List.of();

  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "Ask a running promdisco serve, or a Prometheus, for its targets; without CONFIG for its"
              + " configuration too.")
  private @Nullable String server;

  @Mixin private final JobChoice jobs = new JobChoice();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many targets of a job to show. Default: 5.")
  private int limit = 5;

  @Mixin private final WaitOptions waiting = new WaitOptions();

  @Mixin private final StructuredOptions structured = new StructuredOptions();

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    if (limit < 1) {
      throw new CommandException(
          ExitCode.USAGE, "promdisco: --limit: " + limit + " (expected: 1 or more)");
    }
    Query query = query();
    Path config = words.size() > 1 ? Path.of(words.get(0)) : null;
    return server == null ? discovered(query, config) : served(query, config, server);
  }

  private Query query() {
    try {
      return Query.parse(words.get(words.size() - 1));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "promdisco: QUERY: " + e.getMessage());
    }
  }

  /** Discovers for itself. */
  private int discovered(Query query, @Nullable Path config) throws InterruptedException {
    Configuration configuration = SourceOptions.of(config, cluster).load(console);
    List<ScrapeConfig> asked = jobs.of(configuration);
    Function<Ticker, ResourceClientFactory> clients = Wiring.clients(cluster);
    Listed listed = new Listed(console);
    try (Promdisco promdisco =
            Promdisco.builder().kubernetesClients(listed.counting(clients)).build();
        ClusterReaders readers = new ClusterReaders(clients)) {
      promdisco.apply(new Configuration(asked, configuration.effective(), List.of()));
      boolean synced = Waiting.until(promdisco, waiting.timeout, console, listed);
      Explainer explainer = new Explainer(query, limit);
      for (PoolView pool : promdisco.pools()) {
        pool.forEachDiscovered(
            (target, outcome) ->
                explainer.see(
                    pool.config(),
                    target.provider(),
                    target.source(),
                    target.discoveredLabels(),
                    outcome));
      }
      Explanation answer =
          explainer.explain(asked, new ClusterSources(readers, promdisco.providers()));
      int unreachable = SourceFailures.report(console, promdisco, synced, waiting.timeout);
      int code = print(answer);
      return code == ExitCode.OK ? code : Math.max(code, unreachable);
    }
  }

  /** Asks a server what it discovered, and runs the rules over that again. */
  private int served(Query query, @Nullable Path config, String url) throws InterruptedException {
    TargetsApi api = new TargetsApi("--server", url, waiting.timeout);
    Configuration configuration =
        config == null ? configurationOf(api) : SourceOptions.of(config, cluster).load(console);
    List<ScrapeConfig> asked = jobs.of(configuration);
    Map<String, TargetBuilder> builders = new HashMap<>();
    Map<String, ScrapeConfig> byName = new HashMap<>();
    for (ScrapeConfig job : asked) {
      builders.put(job.jobName(), new TargetBuilder(job));
      byName.put(job.jobName(), job);
    }
    Explainer explainer = new Explainer(query, limit);
    TargetsApi.Answer served = api.targets(asked.stream().map(ScrapeConfig::jobName).toList());
    served.incomplete().forEach(line -> console.err().println(console.red("error: ") + line));
    for (TargetsApi.Served target : served.targets()) {
      ScrapeConfig job = byName.get(target.job());
      TargetBuilder builder = builders.get(target.job());
      if (job != null && builder != null) {
        TargetGroup group = new TargetGroup("", List.of(target.discovered()), Labels.EMPTY);
        explainer.see(job, "", "", target.discovered(), builder.build("", group, 0));
      }
    }
    if (!cluster.named()) {
      return code(print(explainer.explain(asked, ClusterSources.NONE)), served);
    }
    try (ClusterReaders readers = new ClusterReaders(Wiring.clients(cluster))) {
      return code(print(explainer.explain(asked, new ClusterSources(readers, List.of()))), served);
    }
  }

  /** What is no target of an incomplete server may be one all the same. */
  private static int code(int code, TargetsApi.Answer served) {
    return code == ExitCode.OK || served.incomplete().isEmpty()
        ? code
        : Math.max(code, ExitCode.UNREACHABLE);
  }

  private static Configuration configurationOf(TargetsApi api) {
    ConfigLoader.LoadResult result =
        new ConfigLoader()
            .read(
                api.server() + "/api/v1/status/config",
                api.config().getBytes(StandardCharsets.UTF_8),
                Path.of(""));
    return result
        .configuration()
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE, result.problems().stream().map(Problem::toString).toList()));
  }

  private int print(Explanation answer) {
    if (structured.form == Structured.Form.TEXT) {
      new ExplainPrinter(console).print(answer);
    } else {
      Structured.print(console, structured.form, ExplainDocument.of(answer));
    }
    console.out().flush();
    return answer.scraped() ? ExitCode.OK : ExitCode.FINDING;
  }
}
