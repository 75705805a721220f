package io.promdisco.providers.http;

import io.promdisco.config.HttpSdConfig;
import io.promdisco.http.BodyExcerpt;
import io.promdisco.http.BodyReader;
import io.promdisco.http.Exchange;
import io.promdisco.http.RenewingSender;
import io.promdisco.http.Request;
import io.promdisco.http.ServerSettings;
import io.promdisco.http.ServerUrls;
import io.promdisco.http.tls.TlsSettings;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.document.DocumentOrigin;
import io.promdisco.providers.document.TargetGroupJson;
import io.promdisco.providers.refresh.RefreshResult;
import io.promdisco.providers.refresh.Refresher;
import io.promdisco.providers.refresh.RetryLaterException;
import io.promdisco.util.GzipStream;
import io.promdisco.util.LimitedStream;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.Ticker;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

/**
 * Requests the list of target groups from one web server. If the server says that the list has not
 * changed ({@code ETag}, status 304), it is not read again. For one thread at a time.
 */
final class HttpRefresher implements Refresher {
  /** The maximum size of an answer, uncompressed, in bytes. */
  static final long LARGEST = 256L << 20;

  private static final Duration IF_ZERO = Duration.ofMinutes(1);
  private static final Pattern JSON =
      Pattern.compile(
          "application/json(;[\\t\\n\\f\\r ]*charset=(\"utf-8\"|utf-8))?",
          Pattern.CASE_INSENSITIVE);

  /** RFC 9110, section 8.8.3, in ASCII. */
  private static final Pattern ETAG = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7e]{0,1000}\"");

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final HttpSdConfig config;
  private final Metrics.Counter failures;
  private final long largest;
  private final MemoryBudget.Share memory;
  private long held; // size of the last answer in bytes
  private final DocumentOrigin origin;
  private final URI server;
  private final URI uri;
  private final Duration patience;
  private final Map<String, String> headers;

  private final RenewingSender sender;
  private List<TargetGroup> last = List.of();

  /** The entity tag of {@link #last}; empty if the server sent none or failed since. */
  private String etag = "";

  /**
   * Creates a refresher.
   *
   * @param env the process environment, for {@code proxy_from_environment}
   * @param failures counts failed requests
   * @param largest the maximum size of an answer, uncompressed, in bytes
   * @param memory counts the memory of its targets
   * @throws IOException if a setting cannot be used, with its name
   */
  HttpRefresher(
      HttpSdConfig config,
      Map<String, String> env,
      Ticker ticker,
      Metrics.Counter failures,
      long largest,
      MemoryBudget.Share memory)
      throws IOException {
    this.config = config;
    this.failures = failures;
    this.largest = largest;
    this.memory = memory;
    origin = new DocumentOrigin(config.shownUrl(), "__meta_url", config.url());
    server = ServerUrls.server(config.url(), "url");
    uri = ServerUrls.request(config.url(), "url");
    patience = config.refreshInterval().isZero() ? IF_ZERO : config.refreshInterval();
    headers =
        Map.of(
            "Accept", "application/json",
            "Accept-Encoding", "gzip",
            "X-Prometheus-Refresh-Interval-Seconds", seconds(config.refreshInterval()));
    sender = new RenewingSender(new Files(config, env, ticker), ticker);
  }

  /** The sources of the settings; certificates are in files. */
  private record Files(HttpSdConfig config, Map<String, String> env, Ticker ticker)
      implements RenewingSender.Source {
    @Override
    public ServerSettings settings() throws IOException {
      return ServerSettings.of(config.url(), "url", config.http(), env, ticker);
    }

    @Override
    public List<String> contents() throws IOException {
      return TlsSettings.files(config.http());
    }

    /** Leaves out the URL, which may contain a password. */
    @Override
    public String toString() {
      return config.toString();
    }
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros().toPlainString();
  }

  /** Returns the URL for people, without query and credentials. */
  String server() {
    return server.toString();
  }

  @Override
  public RefreshResult refresh() throws IOException, InterruptedException {
    String known = etag;
    etag = ""; // After any failure, the next request must get the complete list.
    try (Exchange exchange = send(known)) {
      boolean isDirect = exchange.uri().equals(uri);
      boolean isUnchanged = exchange.code() == 304 && !known.isEmpty() && isDirect;
      if (!isUnchanged) {
        last = read(exchange);
      }
      String now = isUnchanged ? known : exchange.header("etag");
      etag = isDirect && ETAG.matcher(now).matches() ? now : "";
      return new RefreshResult(last, Optional.empty());
    } catch (InterruptedIOException e) {
      throw BodyReader.interrupted(e);
    } catch (IOException e) {
      failures.inc();
      throw sender.hide(e);
    } catch (RuntimeException e) {
      failures.inc();
      throw e;
    }
  }

  private Exchange send(String known) throws IOException, InterruptedException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (!known.isEmpty()) {
      all.put("If-None-Match", known);
    }
    return sender.current().send(Request.within(patience, uri, all));
  }

  private List<TargetGroup> read(Exchange exchange) throws IOException {
    if (exchange.code() != 200) {
      throw refused(exchange);
    }
    String type = exchange.header("content-type").strip();
    if (!JSON.matcher(type).matches()) {
      throw new IOException(
          place(exchange)
              + "content type \""
              + type
              + "\""
              + exchange.throughProxy()
              + bodyExcerpt(exchange)
              + " (expected application/json)");
    }
    SourceMemory reading = memory.reading(0);
    try (InputStream body = unpacked(exchange)) {
      List<TargetGroup> groups =
          TargetGroupJson.parse(new LimitedStream(body, largest, this::tooLong), origin, reading);
      held = reading.taken();
      return groups;
    } catch (ZipException | EOFException e) {
      throw new IOException("the answer is cut off, or not gzip although its header says so", e);
    } finally {
      memory.hold(held);
    }
  }

  private IOException tooLong() {
    return new SourceMemory.ExceededException("the answer is longer than " + largest + " bytes");
  }

  private IOException refused(Exchange exchange) {
    String message =
        place(exchange)
            + "status "
            + exchange.code()
            + exchange.throughProxy()
            + " (expected 200"
            + hint(exchange)
            + ")";
    String pause = exchange.header("retry-after").strip();
    boolean isBusy = exchange.code() == 503 || exchange.code() == 429;
    return isBusy && SECONDS.matcher(pause).matches()
        ? new RetryLaterException(message, Duration.ofSeconds(Long.parseLong(pause)))
        : new IOException(message);
  }

  /** Returns where the answer comes from, if the server redirects. */
  private String place(Exchange exchange) {
    return exchange.uri().equals(uri)
        ? ""
        : "redirected to " + ServerUrls.shown(exchange.uri()) + ": ";
  }

  private String bodyExcerpt(Exchange exchange) throws IOException {
    try (InputStream body = unpacked(exchange)) {
      byte[] beginning = body.readNBytes(BodyExcerpt.BYTES);
      boolean isList =
          beginning.length > 0 && beginning[0] == '['; // only the content type is wrong
      return isList ? "" : sender.bodyExcerpt(beginning);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return ""; // The problem is the content type.
    }
  }

  private String hint(Exchange exchange) {
    return switch (exchange.code()) {
      case 401, 403 ->
          ServerUrls.isSameOrigin(uri, exchange.uri())
              ? "; check the credentials"
              : "; credentials are sent to the configured server only";
      case 301, 302, 303, 307, 308 ->
          config.http().followRedirects()
              ? "; redirects are followed at most ten times, not from https to http, and need"
                  + " a Location"
              : "; follow_redirects is false";
      default -> "";
    };
  }

  private static InputStream unpacked(Exchange exchange) throws IOException {
    InputStream body = exchange.reader().stream();
    String encoding = exchange.header("content-encoding").strip().toLowerCase(Locale.ROOT);
    return switch (encoding) {
      case "", "identity" -> body;
      case "gzip", "x-gzip" -> new GzipStream(body);
      default -> throw new IOException("content encoding " + encoding + " (expected gzip or none)");
    };
  }

  @Override
  public void close() {
    sender.close();
    memory.close();
  }
}
