package io.promdisco.server;

import io.promdisco.config.ConfigException;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetsDocument;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The paths of the server and how they are answered. */
final class Routes {
  private static final String JOB = "/http-sd/";

  private final Map<String, Map<String, ServerExchange.Answer>> table = new HashMap<>();
  private final Backend backend;
  private final RecentHistory state;
  private final boolean lifecycle;
  private final TargetSearchCache listing =
      new TargetSearchCache(System::nanoTime, ForkJoinPool.commonPool());
  private final TargetLists lists = new TargetLists();
  private final ConfigDocument config = new ConfigDocument();
  private final HttpSdAnswers answers = new HttpSdAnswers(System::nanoTime);
  private final @Nullable AllocatorRoutes allocator;

  /**
   * Creates the paths of a server.
   *
   * @param lifecycle whether requests may reload the configuration
   * @param allocator further paths, of a target allocator; null for none
   */
  Routes(
      Backend backend,
      RecentHistory state,
      boolean lifecycle,
      @Nullable AllocatorRoutes allocator) {
    this.allocator = allocator;
    this.backend = backend;
    this.state = state;
    this.lifecycle = lifecycle;
    get("/api/v1/targets", this::targets);
    get("/api/v1/targets/relabel_steps", this::relabelSteps);
    get(StreamEndpoint.PATH, new StreamEndpoint(state.streams()));
    get("/api/v1/scrape_pools", this::scrapePools);
    get("/api/v1/status/config", this::config);
    get("/api/v1/discovery", this::discovery);
    get("/api/v1/discovery/providers", this::providers);
    get("/api/v1/discovery/timeline", this::timeline);
    get("/api/v1/discovery/targets", this::search);
    get("/http-sd", this::jobs);
    get(JOB + "{job}", this::httpSd);
    get("/metrics", this::metrics);
    get("/-/healthy", exchange -> exchange.text(200, "promdisco is healthy.\n"));
    get("/-/ready", this::ready);
    add("POST", "/-/reload", this::reload);
    add("PUT", "/-/reload", this::reload);
    get("/openapi.yaml", Routes::description);
    PageFiles.FILES.forEach((path, file) -> get(path, exchange -> PageFiles.send(exchange, file)));
    if (allocator != null) {
      allocator.addTo(this::get);
    }
  }

  /** Returns how each method of a path is answered; empty if there is no such path. */
  Map<String, ServerExchange.Answer> at(String path) {
    String plain = withoutSlash(path);
    Map<String, ServerExchange.Answer> methods = table.get(plain);
    if (methods == null && plain.startsWith(JOB)) {
      methods = table.get(JOB + "{job}");
    }
    if (methods == null && allocator != null) {
      methods = table.get(AllocatorRoutes.pattern(plain));
    }
    return methods == null ? Map.of() : methods;
  }

  /** Removes a slash at the end, which makes no difference. */
  private static String withoutSlash(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** Returns the threads that make the answers of a path and a query. */
  AnswerThreads.Group group(String path, String query) {
    String plain = withoutSlash(path);
    return switch (plain) {
      case "/-/healthy", "/livez", "/openapi.yaml" -> AnswerThreads.Group.DIRECT;
      case "/-/ready", "/readyz", "/metrics" -> AnswerThreads.Group.STATUS;
      case "/-/reload" -> AnswerThreads.Group.RELOAD;
      default ->
          PageFiles.FILES.containsKey(plain)
              ? AnswerThreads.Group.DIRECT
              : plain.startsWith(JOB)
                      || (allocator != null && AllocatorRoutes.isOfCollectors(plain, query))
                  ? AnswerThreads.Group.DISCOVERY
                  : AnswerThreads.Group.WORK;
    };
  }

  /** Returns all paths with their methods, for example {@code GET /path}. */
  Set<String> all() {
    Set<String> all = new TreeSet<>();
    table.forEach((path, methods) -> methods.keySet().forEach(m -> all.add(m + " " + path)));
    return all;
  }

  private void add(String method, String path, ServerExchange.Answer answer) {
    table.computeIfAbsent(path, key -> new HashMap<>()).put(method, answer);
  }

  private void get(String path, ServerExchange.Answer answer) {
    add("GET", path, answer);
  }

  private static void description(ServerExchange exchange) throws IOException {
    exchange.send("application/yaml", PageFiles.read("openapi.yaml"));
  }

  private void targets(ServerExchange exchange) throws IOException {
    TargetsDocument.State state = TargetsDocument.State.parse(exchange.optional("state"));
    String pool = exchange.optional("scrapePool");
    // Checked before and after, because a job that becomes complete meanwhile was incomplete when
    // it was read.
    Set<String> warnings = new LinkedHashSet<>(warnings());
    List<PoolView> pools = backend.pools();
    lists.retain(pools.stream().map(PoolView::job).collect(Collectors.toSet()));
    exchange.document(
        TargetsDocument.parts(
            pools,
            state,
            pool,
            () -> {
              warnings.addAll(warnings());
              return List.copyOf(warnings);
            },
            lists.heldBy(exchange)));
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (JobStatus job : backend.jobs()) {
      if (!job.complete()) {
        warnings.add(job.describe());
      }
    }
    for (ProviderStatus provider : backend.providers()) {
      provider.failures().forEach(failure -> warnings.add(failure.describe()));
    }
    return warnings;
  }

  private void relabelSteps(ServerExchange exchange) throws IOException {
    RelabelSteps.of(backend.pools(), exchange.parameter("scrapePool"), exchange.parameter("labels"))
        .answer(exchange);
  }

  private void scrapePools(ServerExchange exchange) throws IOException {
    exchange.document(ApiDocuments.scrapePools(backend.pools()));
  }

  private void config(ServerExchange exchange) throws IOException {
    exchange.send(ServerExchange.JSON, config.of(backend.config()));
  }

  private void discovery(ServerExchange exchange) throws IOException {
    exchange.document(ApiDocuments.discovery(backend.pools(), backend.jobs(), backend.providers()));
  }

  private void providers(ServerExchange exchange) throws IOException {
    exchange.document(ApiDocuments.providers(backend.providers()));
  }

  private void timeline(ServerExchange exchange) throws IOException {
    List<String> jobs = backend.pools().stream().map(PoolView::job).toList();
    exchange.document(state.timeline().document(jobs));
  }

  private void search(ServerExchange exchange) throws IOException {
    TargetSearch search = TargetSearch.of(exchange::parameter);
    exchange.document(search.document(listing, backend.pools()));
  }

  private void jobs(ServerExchange exchange) throws IOException {
    exchange.document(ApiDocuments.jobs(backend.pools()));
  }

  private void httpSd(ServerExchange exchange) throws IOException {
    String job = withoutSlash(exchange.path()).substring(JOB.length());
    String name = URLDecoder.decode(job.replace("+", "%2B"), StandardCharsets.UTF_8);
    exchange.document(answers.of(backend, name, flag(exchange, "relabeled")));
  }

  private static boolean flag(ServerExchange exchange, String name) {
    String value = exchange.parameter(name);
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "", "false" -> false;
      case "true" -> true;
      default -> throw new RequestException(400, name + ": " + value + " (expected true or false)");
    };
  }

  private void metrics(ServerExchange exchange) {
    String type = TextFormat.chooseContentType(exchange.header("Accept"));
    exchange.send(
        type, AnswerSource.of(new MetricsText(type, backend.registry().metricFamilySamples())));
  }

  private void ready(ServerExchange exchange) {
    List<String> names = exchange.all("job");
    String waiting = Readiness.waitingFor(asked(names));
    String more = names.isEmpty() ? backend.waitsFor() : "";
    waiting += more.isEmpty() ? "" : more + "\n";
    if (waiting.isEmpty()) {
      exchange.text(200, "promdisco is ready.\n");
    } else {
      exchange.text(503, waiting);
    }
  }

  /** Returns the status of the named jobs; of all jobs if no name is given. */
  private List<JobStatus> asked(List<String> names) {
    return names.isEmpty()
        ? backend.jobs()
        : names.stream()
            .map(job -> backend.job(job).orElseThrow(() -> Readiness.unknown(job)))
            .toList();
  }

  private void reload(ServerExchange exchange) {
    refuseOtherSites(exchange);
    if (!lifecycle) {
      throw new RequestException(
          403,
          "Lifecycle API is not enabled. (expected: serve --web.enable-lifecycle; SIGHUP reloads"
              + " without it)");
    }
    try {
      if (backend.tryReload()) {
        exchange.text(200, "");
      } else {
        exchange.text(409, "another reload is in progress; try again when it has ended\n");
      }
    } catch (ConfigException e) {
      exchange.text(
          500,
          "the new configuration is invalid, the previous one stays in force:\n"
              + e.getMessage()
              + "\n");
    }
  }

  /**
   * Rejects requests from pages of other sites, which must not trigger actions here. Browsers send
   * the origin of a request.
   */
  private static void refuseOtherSites(ServerExchange exchange) {
    @Nullable String from = exchange.header("Sec-Fetch-Site");
    boolean elsewhere = from != null && !from.equals("same-origin") && !from.equals("none");
    @Nullable String origin = exchange.header("Origin");
    String here = exchange.scheme() + "://" + exchange.header("Host");
    if (elsewhere || (origin != null && !origin.equals(here))) {
      throw new RequestException(
          403,
          exchange.method()
              + " "
              + exchange.path()
              + ": rejected, because a page of another site sent it");
    }
  }
}
