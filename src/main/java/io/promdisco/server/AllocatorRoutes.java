package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.Iterators;
import io.promdisco.allocator.Allocator;
import io.promdisco.allocator.Allocator.UnavailableException;
import io.promdisco.allocator.Polling;
import io.promdisco.scrape.PoolView;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of the OpenTelemetry target allocator: collectors read scrape configs, and for each
 * job their share of the targets.
 *
 * <p>Collectors take whatever comes with status 200 for the whole truth, and the body of {@code
 * /scrape_configs} with any status. So while something is not known yet, they get status 503 and a
 * JSON array, which they refuse.
 */
final class AllocatorRoutes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LINK = "_link";
  private static final String JOBS = "/jobs";
  private static final String TARGETS = "/targets";
  private static final String OF_JOB = JOBS + "/{job}" + TARGETS;
  private static final String DEBUG = "/debug";
  private static final String SCRAPE_CONFIGS = "/scrape_configs";
  private static final String PROMETHEUS = "/prometheus.yml";
  private static final String COLLECTOR = "collector_id";
  private static final String REFRESH = "X-Prometheus-Refresh-Interval-Seconds";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,9})?");
  private static final int RETRY_AFTER = 2;
  private static final int MOST_SHOWN = 1000;

  private final Allocator allocator;
  private final Backend backend;
  private final ScrapeConfigsDocument scrapeConfigs;

  /**
   * The paths of an allocator.
   *
   * @param secrets whether clients see secrets
   */
  AllocatorRoutes(Allocator allocator, Backend backend, boolean secrets) {
    this.allocator = allocator;
    this.backend = backend;
    scrapeConfigs = new ScrapeConfigsDocument(backend, secrets);
  }

  /** Adds the paths to a table. */
  void addTo(BiConsumer<String, ServerExchange.Answer> table) {
    table.accept(SCRAPE_CONFIGS, this::scrapeConfigs);
    table.accept(PROMETHEUS, this::prometheus);
    table.accept(JOBS, this::jobs);
    table.accept(OF_JOB, this::targets);
    table.accept("/livez", exchange -> exchange.text(200, "promdisco is alive.\n"));
    table.accept("/readyz", this::ready);
    table.accept("/api/v1/allocation", this::allocation);
    table.accept("/", exchange -> PageFiles.send(exchange, "allocator.html"));
    table.accept("/page/allocator.js", exchange -> PageFiles.send(exchange, "allocator.js"));
    table.accept("/targets", exchange -> PageFiles.send(exchange, "index.html"));
    table.accept(
        DEBUG,
        exchange ->
            exchange.status(302).set("Location", "/").send(ServerExchange.TEXT, new byte[0]));
  }

  /** The path in the table that answers a path with names in it; empty: none. */
  static String pattern(String path) {
    boolean named = path.length() > JOBS.length() + TARGETS.length(); // not /jobs/targets
    if (named && path.startsWith(JOBS + "/") && path.endsWith(TARGETS)) {
      return OF_JOB;
    }
    return path.startsWith(DEBUG + "/") ? DEBUG : "";
  }

  /** Whether collectors ask for this again and again. The shares of all are for people. */
  static boolean isOfCollectors(String path, String query) {
    return path.equals(SCRAPE_CONFIGS)
        || path.equals(JOBS)
        || (pattern(path).equals(OF_JOB) && query.contains(COLLECTOR));
  }

  private void ready(ServerExchange exchange) {
    String reason = allocator.notReady().orElse("");
    exchange.text(
        reason.isEmpty() ? 200 : 503, reason.isEmpty() ? "promdisco is ready.\n" : reason + "\n");
  }

  private void scrapeConfigs(ServerExchange exchange) throws IOException {
    String reason = allocator.notReady().orElse("");
    if (reason.isEmpty()) {
      exchange.document(scrapeConfigs.json());
    } else {
      exchange.set("Retry-After", Integer.toString(RETRY_AFTER));
      send(exchange, 503, List.of(reason));
    }
  }

  private static void send(ServerExchange exchange, int status, Object document)
      throws IOException {
    // By way of a text, which replaces what is not Unicode.
    String json = JSON.writeValueAsString(document);
    exchange.status(status).send(ServerExchange.JSON, json.getBytes(StandardCharsets.UTF_8));
  }

  private void requireReady() {
    allocator
        .notReady()
        .ifPresent(
            reason -> {
              throw RequestException.unavailable(reason, RETRY_AFTER);
            });
  }

  /** A complete configuration, whose jobs read their share from here. */
  private void prometheus(ServerExchange exchange) throws IOException {
    String collector = exchange.parameter(COLLECTOR);
    if (collector.isEmpty()) {
      throw new RequestException(400, COLLECTOR + ": missing (expected: the name of a collector)");
    }
    requireReady();
    String host = exchange.header("Host");
    String here = exchange.scheme() + "://" + (host == null ? "localhost" : host);
    exchange.send(
        "application/yaml",
        scrapeConfigs.yaml(job -> here + path(job) + "?" + COLLECTOR + "=" + encoded(collector)));
  }

  private void jobs(ServerExchange exchange) throws IOException {
    requireReady();
    Map<String, Object> jobs = new LinkedHashMap<>();
    for (PoolView pool : backend.pools()) {
      if (pool.counts().active() > 0) {
        jobs.put(pool.job(), Map.of(LINK, path(pool.job())));
      }
    }
    send(exchange, 200, jobs);
  }

  private static String path(String job) {
    return JOBS + "/" + encoded(job) + TARGETS;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void targets(ServerExchange exchange) throws IOException {
    String path = exchange.path();
    String job =
        URLDecoder.decode(
            path.substring(JOBS.length() + 1, path.lastIndexOf(TARGETS)), StandardCharsets.UTF_8);
    try {
      String collector = collector(exchange);
      if (collector == null) {
        sendAll(exchange, job);
      } else if (allocator.admit(collector, polling(exchange))) {
        exchange.document(allocator.share(job, collector));
      } else {
        requireReady();
        send(exchange, 200, List.of());
      }
    } catch (UnavailableException e) {
      throw unavailable(e);
    }
  }

  /** The collector that asks, whose id its sender does not escape; null: none is named. */
  private @Nullable String collector(ServerExchange exchange) {
    String id = exchange.optional(COLLECTOR);
    String query = exchange.rawQuery();
    String raw = query.startsWith(COLLECTOR + "=") ? query.substring(COLLECTOR.length() + 1) : "";
    return raw.isEmpty() || !allocator.knows(raw) ? id : raw;
  }

  /** How a collector asks, as its headers tell; null: they do not. */
  private static @Nullable Polling polling(ServerExchange exchange) {
    String seconds = exchange.header(REFRESH);
    if (seconds == null || !SECONDS.matcher(seconds).matches()) {
      return null;
    }
    Duration refresh = Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000));
    String program = exchange.header("User-Agent");
    return program != null && program.startsWith("Prometheus/")
        ? Polling.prometheus(refresh)
        : Polling.other(refresh);
  }

  /** Sends a job's targets by collector, one share after the other. */
  private void sendAll(ServerExchange exchange, String job)
      throws UnavailableException, IOException {
    requireReady();
    List<String> collectors = allocator.collectors();
    if (!collectors.isEmpty()) {
      allocator.share(job, collectors.get(0)); // An answer that has begun cannot be refused.
    }
    exchange.document(
        Iterators.concat(
            ApiDocuments.one(JsonGenerator::writeStartObject),
            Iterators.transform(
                collectors.iterator(), collector -> json -> writeShare(json, job, collector)),
            ApiDocuments.one(JsonGenerator::writeEndObject)));
  }

  private void writeShare(JsonGenerator json, String job, String collector) throws IOException {
    json.writeObjectFieldStart(collector);
    json.writeStringField(LINK, path(job) + "?" + COLLECTOR + "=" + encoded(collector));
    json.writeFieldName("targets");
    try {
      byte[] targets = allocator.share(job, collector).plain();
      json.writeRawValue(new String(targets, StandardCharsets.UTF_8));
    } catch (UnavailableException e) {
      throw new IOException(e);
    }
    json.writeEndObject();
  }

  /** What the page shows: collectors with their shares, or who has what in a job, and why. */
  private void allocation(ServerExchange exchange) throws IOException {
    String job = exchange.parameter("job");
    String collector = exchange.parameter("collector");
    Set<String> addresses = Set.copyOf(exchange.all("address"));
    try {
      Object data =
          job.isEmpty()
              ? allocator.summary()
              : Map.of("targets", allocator.assignments(job, collector, addresses, MOST_SHOWN));
      send(exchange, 200, Map.of("status", "success", "data", data));
    } catch (UnavailableException e) {
      throw unavailable(e);
    }
  }

  private static RequestException unavailable(UnavailableException e) {
    return RequestException.unavailable(String.valueOf(e.getMessage()), RETRY_AFTER);
  }
}
