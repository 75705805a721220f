package io.promdisco.server;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.servlet.JavalinServlet;
import io.promdisco.config.ConfigException;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetsDocument;
import io.prometheus.client.exporter.common.TextFormat;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ForkJoinPool;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which path is answered with what. */
final class Routes {
  private static final String JSON = "application/json";

  /** An Accept-Encoding that takes gzip, which a weight of 0 does not. */
  private static final Pattern GZIP =
      Pattern.compile("(?i)\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))");

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

  private static final String TEXT = "text/plain; charset=utf-8";

  private final Backend backend;
  private final LiveState state;
  private final Listing listing = new Listing(System::nanoTime, ForkJoinPool.commonPool());
  private final HttpSdAnswers answers = new HttpSdAnswers(System::nanoTime);

  private Routes(Backend backend, LiveState state) {
    this.backend = backend;
    this.state = state;
  }

  /** A servlet for all paths, which needs neither WebSocket nor Javalin's own server. */
  static HttpServlet servlet(Backend backend, LiveState state) {
    return new FrontServlet(new JavalinServlet(app(backend, state).unsafe));
  }

  /** All paths but that of the streams. */
  static Javalin app(Backend backend, LiveState state) {
    return Javalin.create(new Routes(backend, state)::configure);
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.prefer405over404 = true;
    config.router.treatMultipleSlashesAsSingleSlash = false;
    config.routes.before(Routes::harden);
    config.routes.before(Routes::refuseBrokenEscapes);
    config.routes.exception(HttpResponseException.class, Failures::refused);
    config.routes.exception(Exception.class, Failures::failed);
    config.routes.get("/api/v1/targets", this::targets);
    config.routes.get("/api/v1/targets/relabel_steps", this::relabelSteps);
    config.routes.get("/api/v1/scrape_pools", this::scrapePools);
    config.routes.get("/api/v1/status/config", this::config);
    config.routes.get("/api/v1/discovery", this::discovery);
    config.routes.get("/api/v1/discovery/providers", this::providers);
    config.routes.get("/api/v1/discovery/timeline", this::timeline);
    config.routes.get("/api/v1/discovery/targets", this::search);
    config.routes.get("/http-sd", this::jobs);
    config.routes.get("/http-sd/<job>", this::httpSd);
    config.routes.get("/metrics", this::metrics);
    config.routes.get("/-/healthy", context -> text(context, 200, "promdisco is healthy.\n"));
    config.routes.get("/-/ready", this::ready);
    config.routes.post("/-/reload", this::reload);
    config.routes.put("/-/reload", this::reload);
    config.routes.get("/openapi.yaml", Routes::description);
    Page.addTo(config.routes);
  }

  private static void description(Context context) throws IOException {
    context.contentType("application/yaml").result(Page.read("openapi.yaml"));
  }

  private static void harden(Context context) {
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Cache-Control", "no-store");
  }

  private static void refuseBrokenEscapes(Context context) {
    if (BROKEN_ESCAPE.matcher(context.req().getRequestURI()).find()) {
      throw new HttpResponseException(400, "path: a % without two hexadecimal digits behind it");
    }
  }

  private void targets(Context context) throws IOException {
    TargetsDocument.State state = TargetsDocument.State.parse(context.queryParam("state"));
    String pool = context.queryParam("scrapePool");
    context.contentType(JSON);
    List<String> warnings =
        backend.providers().stream()
            .flatMap(provider -> provider.failures().stream())
            .map(ProviderStatus.Failure::describe)
            .toList();
    TargetsDocument.write(backend.pools(), state, pool, warnings, context.res().getOutputStream());
  }

  private void relabelSteps(Context context) throws IOException {
    RelabelSteps steps =
        RelabelSteps.of(
            backend.pools(), parameter(context, "scrapePool"), parameter(context, "labels"));
    context.contentType(JSON);
    steps.write(context.res().getOutputStream());
  }

  private void scrapePools(Context context) throws IOException {
    context.contentType(JSON);
    Documents.scrapePools(backend.pools(), context.res().getOutputStream());
  }

  private void config(Context context) throws IOException {
    context.contentType(JSON);
    Documents.config(backend.config(), context.res().getOutputStream());
  }

  private void discovery(Context context) throws IOException {
    context.contentType(JSON);
    Documents.discovery(backend.pools(), backend.providers(), context.res().getOutputStream());
  }

  private void providers(Context context) throws IOException {
    context.contentType(JSON);
    Documents.providers(backend.providers(), context.res().getOutputStream());
  }

  private void timeline(Context context) throws IOException {
    List<String> jobs = backend.pools().stream().map(PoolView::job).toList();
    context.contentType(JSON);
    state.timeline().write(jobs, context.res().getOutputStream());
  }

  private void search(Context context) throws IOException {
    Search search = Search.of(name -> parameter(context, name));
    context.contentType(JSON);
    search.write(listing, backend.pools(), context.res().getOutputStream());
  }

  private void jobs(Context context) throws IOException {
    context.contentType(JSON);
    Documents.jobs(backend.pools(), context.res().getOutputStream());
  }

  private void httpSd(Context context) throws IOException {
    PoolView pool = pool(context.pathParam("job"));
    HttpSdAnswers.Answer answer = answers.of(pool, flag(context, "relabeled"));
    boolean zip = takesGzip(context);
    context.contentType(JSON);
    context.header("Cache-Control", "no-cache"); // to be kept, but asked for each time
    context.header("Vary", "Accept-Encoding");
    context.header("ETag", answer.tag(zip));
    @Nullable String known = context.header("If-None-Match");
    if (known != null && answer.isKnownBy(known)) {
      context.status(304);
      return;
    }
    if (zip) {
      context.header("Content-Encoding", "gzip");
    }
    byte[] body = zip ? answer.gzip() : answer.plain();
    context.res().setContentLength(body.length);
    context.res().getOutputStream().write(body);
  }

  private static boolean takesGzip(Context context) {
    @Nullable String codings = context.header("Accept-Encoding");
    return codings != null && GZIP.matcher(codings).find();
  }

  private PoolView pool(String job) {
    List<PoolView> pools = backend.pools();
    for (PoolView pool : pools) {
      if (pool.job().equals(job)) {
        return pool;
      }
    }
    answers.retain(pools.stream().map(PoolView::job).collect(Collectors.toSet()));
    throw new HttpResponseException(404, "job: " + job + " (expected one that /http-sd lists)");
  }

  private static String parameter(Context context, String name) {
    @Nullable String value = context.queryParam(name);
    return value == null ? "" : value;
  }

  private static boolean flag(Context context, String name) {
    String value = parameter(context, name);
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "", "false" -> false;
      case "true" -> true;
      default ->
          throw new HttpResponseException(400, name + ": " + value + " (expected true or false)");
    };
  }

  private void metrics(Context context) throws IOException {
    String type = TextFormat.chooseContentType(context.header("Accept"));
    context.contentType(type);
    try (Writer out =
        new OutputStreamWriter(context.res().getOutputStream(), StandardCharsets.UTF_8)) {
      TextFormat.writeFormat(type, out, backend.registry().metricFamilySamples());
    }
  }

  private void ready(Context context) {
    String waiting = Readiness.waitingFor(backend.providers());
    if (waiting.isEmpty()) {
      text(context, 200, "promdisco is ready.\n");
    } else {
      text(context, 503, waiting);
    }
  }

  private void reload(Context context) {
    refuseOtherSites(context);
    try {
      backend.reload();
      text(context, 200, "");
    } catch (ConfigException e) {
      text(
          context,
          500,
          "configuration refused, the one before stays in force:\n" + e.getMessage() + "\n");
    }
  }

  /**
   * A page of another site must not set anything off here; browsers say where a request is from.
   */
  private static void refuseOtherSites(Context context) {
    @Nullable String from = context.header("Sec-Fetch-Site");
    boolean elsewhere = from != null && !from.equals("same-origin") && !from.equals("none");
    @Nullable String origin = context.header("Origin");
    if (elsewhere
        || (origin != null && !origin.equals(context.scheme() + "://" + context.host()))) {
      throw new HttpResponseException(
          403, context.method() + " " + context.path() + ": sent by a page of another site");
    }
  }

  static void text(Context context, int status, String text) {
    context.status(status).contentType(TEXT).result(text);
  }
}
