package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.promdisco.config.Secret;
import io.promdisco.http.Credentials.Text;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one server: adds headers and credentials, reads the credentials again and tries
 * once more when the server refuses them, follows redirects. Safe for all threads.
 */
public final class Sender implements AutoCloseable {
  /** Longest wait for the head of an answer. */
  public static final Duration HEAD_PATIENCE = Duration.ofSeconds(60);

  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final ServerSettings settings;
  private final HttpClient http;
  private final Ticker ticker;
  private final @Nullable ConnectionGate gate;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Set<Exchange> live = new HashSet<>();

  @GuardedBy("lock")
  private boolean closed;

  /** A client of one server; it connects when there is something to ask. */
  public Sender(ServerSettings settings, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
    this.gate = settings.isMultiplexed() ? new ConnectionGate(ticker) : null;
    this.http = Transport.open(settings.tls(), settings.proxy(), settings.isMultiplexed());
  }

  /**
   * Sends a GET request and waits for the head of the answer. The caller closes the exchange.
   *
   * @param pause longest time without a byte of the body
   */
  public Exchange get(URI uri, String accept, Duration pause)
      throws IOException, InterruptedException {
    return send(new Request(uri, Map.of("Accept", accept), pause, Optional.empty()));
  }

  /**
   * Sends a request and waits for the head of the answer. The caller closes the exchange. One that
   * posts something follows no redirect.
   */
  public Exchange send(Request request) throws IOException, InterruptedException {
    long begin = ticker.nanos();
    String authorization = settings.credentials().header();
    boolean refused = false;
    URI at = request.uri();
    for (int redirects = 0; ; ) {
      Exchange exchange = send(at, request, authorization, begin);
      if (exchange.code() == 401 && !refused) {
        refused = true;
        String renewed = renewedAfter(exchange, authorization);
        if (!Objects.equals(renewed, authorization)) {
          exchange.close();
          authorization = renewed;
          continue;
        }
      }
      URI next =
          request.json().isEmpty() && redirects < MOST_REDIRECTS ? redirect(exchange, at) : null;
      if (next == null) {
        return exchange;
      }
      exchange.close();
      redirects++;
      at = next;
    }
  }

  private @Nullable String renewedAfter(Exchange exchange, @Nullable String before)
      throws InterruptedException {
    settings.credentials().forget();
    try {
      return settings.credentials().header();
    } catch (IOException e) {
      return before; // The server's refusal says more to people than that nothing newer is there.
    } catch (InterruptedException e) {
      exchange.close();
      throw e;
    }
  }

  private @Nullable URI redirect(Exchange exchange, URI from) throws IOException {
    String location = exchange.header("location");
    if (!settings.followRedirects() || !REDIRECTS.contains(exchange.code()) || location.isEmpty()) {
      return null;
    }
    try {
      URI to = from.resolve(location);
      boolean downgraded = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
      return downgraded || to.getHost() == null ? null : to;
    } catch (IllegalArgumentException e) {
      exchange.close();
      throw new IOException(settings.server() + " redirects to something that is no URL", e);
    }
  }

  private Exchange send(URI uri, Request request, @Nullable String authorization, long begin)
      throws IOException, InterruptedException {
    HttpRequest built = build(uri, request, authorization);
    if (gate != null) {
      gate.enter();
    }
    Exchange exchange = null;
    boolean answered = false;
    try {
      exchange = begin(built, request, begin);
      exchange.awaitHead();
      answered = true;
      return exchange;
    } finally {
      if (gate != null) {
        if (answered) {
          gate.connected();
        } else {
          gate.disconnected();
        }
      }
      if (exchange != null && !answered) {
        exchange.close();
      }
    }
  }

  private HttpRequest build(URI uri, Request request, @Nullable String authorization)
      throws IOException {
    HttpRequest.Builder builder = http.newHttpRequestBuilder().forStreaming();
    builder.uri(uri);
    request.json().ifPresent(json -> builder.post("application/json", json.getBytes(UTF_8)));
    builder.setHeader("User-Agent", UserAgent.TEXT);
    if (isOurServer(uri)) {
      for (Map.Entry<String, List<Text>> header : settings.headers().entrySet()) {
        for (Text value : header.getValue()) {
          builder.header(header.getKey(), checked(header.getKey(), value.read()));
        }
      }
      if (authorization != null) {
        builder.setHeader("Authorization", checked("Authorization", authorization));
      }
    }
    for (Map.Entry<String, List<Secret>> header : settings.proxy().headers().entrySet()) {
      for (Secret value : header.getValue()) {
        builder.header(header.getKey(), checked(header.getKey(), value.reveal()));
      }
    }
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      builder.setHeader(header.getKey(), checked(header.getKey(), header.getValue()));
    }
    return builder.build();
  }

  /**
   * Refuses what the HTTP client would refuse, which would show the value.
   *
   * @throws IOException without the value
   */
  private static String checked(String name, String value) throws IOException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw new IOException(
            name + ": the value of this header has a character that may not be sent, at " + i);
      }
    }
    return value;
  }

  /** Credentials and headers go to the configured server only, not where it redirects to. */
  private boolean isOurServer(URI uri) {
    URI server = settings.server();
    return Objects.equals(uri.getScheme(), server.getScheme())
        && uri.getHost().toLowerCase(Locale.ROOT).equals(server.getHost().toLowerCase(Locale.ROOT))
        && uri.getPort() == server.getPort();
  }

  private Exchange begin(HttpRequest built, Request request, long begin) throws IOException {
    BodyStream body = new BodyStream(ticker, request.pause());
    synchronized (lock) {
      if (closed) {
        throw closedProblem();
      }
    }
    var answer = http.consumeBytes(built, body);
    Exchange exchange = new Exchange(built.uri(), answer, body, this::explain, this::forget);
    if (request.patience().isPresent()) {
      exchange.limit(ticker, begin, request.patience().get());
    } else {
      Ticker.Alarm alarm =
          ticker.schedule(
              HEAD_PATIENCE,
              () ->
                  answer.completeExceptionally(
                      new HttpTimeoutException(
                          "no answer within " + HEAD_PATIENCE.toSeconds() + " s")));
      var unused = answer.whenComplete((head, problem) -> alarm.cancel());
    }
    boolean late;
    synchronized (lock) {
      late = closed;
      live.add(exchange);
    }
    if (late) {
      exchange.fail(closedProblem());
    }
    return exchange;
  }

  private void forget(Exchange exchange) {
    synchronized (lock) {
      live.remove(exchange);
    }
  }

  private IOException explain(Throwable problem) {
    synchronized (lock) {
      if (closed) {
        return closedProblem();
      }
    }
    if (gate != null) {
      gate.disconnected();
    }
    return Failures.explain(problem, settings.server(), settings.tls().trusted());
  }

  private IOException closedProblem() {
    return new IOException("the client of " + settings.server() + " is closed");
  }

  /** Ends all exchanges, for whoever waits for them with an {@link IOException}. */
  @Override
  public void close() {
    List<Exchange> open;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(live);
    }
    for (Exchange exchange : open) {
      exchange.fail(closedProblem());
    }
    http.close();
    settings.credentials().close();
  }
}
