package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.promdisco.config.Secret;
import io.promdisco.http.Connections.Connection;
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
  private final Connections connections;
  private final Ticker ticker;
  private final SentSecrets sent = new SentSecrets();
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Set<Exchange> live = new HashSet<>();

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private boolean retired;

  /** A client of one server; it connects when there is something to ask. */
  public Sender(ServerSettings settings, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
    this.connections = new Connections(settings, ticker);
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
      throw new IOException(settings.server() + " redirects to something that is no URL");
    }
  }

  private Exchange send(URI uri, Request request, @Nullable String authorization, long begin)
      throws IOException, InterruptedException {
    Connection connection = connection();
    try {
      return send(connection, uri, request, authorization, begin);
    } catch (IOException e) {
      if (connection.gate == null || !isGoAway(e)) {
        throw e;
      }
      return refusalBehind(e, uri, request, authorization, begin);
    }
  }

  private static boolean isGoAway(IOException e) {
    Throwable cause = e.getCause();
    return cause != null && String.valueOf(cause.getMessage()).contains("GOAWAY");
  }

  /**
   * An API server answers 401 over HTTP/2 and ends the connection with the same breath, and the
   * JDK's client then loses the answer. Over HTTP/1.1 it arrives; whatever else arrives there is
   * asked for again over HTTP/2 when the caller tries again.
   */
  private Exchange refusalBehind(
      IOException failure, URI uri, Request request, @Nullable String authorization, long begin)
      throws IOException, InterruptedException {
    try {
      Exchange exchange = send(connections.takePlain(), uri, request, authorization, begin);
      if (exchange.code() == 401) {
        return exchange;
      }
      exchange.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    throw failure;
  }

  private Exchange send(
      Connection connection, URI uri, Request request, @Nullable String authorization, long begin)
      throws IOException, InterruptedException {
    ConnectionGate gate = connection.gate;
    Exchange exchange = null;
    boolean answered = false;
    boolean entered = false;
    try {
      HttpRequest built = build(connection, uri, request, authorization);
      if (gate != null) {
        gate.enter();
        entered = true;
      }
      exchange = begin(connection, built, request, begin);
      exchange.awaitHead();
      answered = true;
      return exchange;
    } finally {
      if (gate != null && entered) {
        if (answered) {
          gate.connected();
        } else {
          gate.disconnected();
        }
      }
      if (exchange == null) {
        connections.giveBack(connection);
      } else if (!answered) {
        exchange.close();
      }
    }
  }

  private Connection connection() throws IOException {
    synchronized (lock) {
      if (closed) {
        throw closedProblem();
      }
      return connections.take();
    }
  }

  private HttpRequest build(
      Connection connection, URI uri, Request request, @Nullable String authorization)
      throws IOException {
    HttpRequest.Builder builder = connection.http.newHttpRequestBuilder().forStreaming();
    builder.uri(uri);
    request.json().ifPresent(json -> builder.post("application/json", json.getBytes(UTF_8)));
    builder.setHeader("User-Agent", UserAgent.TEXT);
    if (isOurServer(uri)) {
      for (Map.Entry<String, List<Text>> header : settings.headers().entrySet()) {
        for (Text value : header.getValue()) {
          String text = checked(header.getKey(), value.read());
          if (value.isSecret()) {
            sent.add(text);
          }
          builder.header(header.getKey(), text);
        }
      }
      if (authorization != null) {
        sent.addAuthorization(authorization);
        builder.setHeader("Authorization", checked("Authorization", authorization));
      }
    }
    for (Map.Entry<String, List<Secret>> header : settings.proxy().headers().entrySet()) {
      for (Secret value : header.getValue()) {
        sent.add(value.reveal());
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

  private Exchange begin(Connection connection, HttpRequest built, Request request, long begin)
      throws IOException {
    BodyStream body = new BodyStream(ticker, request.pause());
    synchronized (lock) {
      if (closed) {
        throw closedProblem();
      }
    }
    var answer = connection.http.consumeBytes(built, body);
    Exchange exchange =
        new Exchange(
            built.uri(),
            answer,
            body,
            problem -> explain(connection, problem),
            ended -> forget(connection, ended));
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

  private void forget(Connection connection, Exchange exchange) {
    boolean last;
    synchronized (lock) {
      if (live.remove(exchange)) {
        connections.giveBack(connection);
      }
      last = retired && live.isEmpty();
    }
    if (last) {
      close();
    }
  }

  /** Whether it is of no use any more. */
  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /** Closes it once what is under way has ended: another has taken its place. */
  void retire() {
    boolean idle;
    synchronized (lock) {
      retired = true;
      idle = live.isEmpty();
    }
    if (idle) {
      close();
    }
  }

  private IOException explain(Connection connection, Throwable problem) {
    synchronized (lock) {
      if (closed) {
        return closedProblem();
      }
    }
    if (connection.gate != null) {
      connection.gate.disconnected();
    }
    return Failures.explain(problem, settings.server(), settings.tls().trusted());
  }

  private IOException closedProblem() {
    return new IOException("the client of " + settings.server() + " is closed");
  }

  /** What the server said, without the secrets that were sent to it. */
  public String hide(String text) {
    return sent.hide(text);
  }

  /**
   * The failure itself if it may be shown; else, where the server has said a secret back, another
   * that says the same without it.
   */
  public IOException hide(IOException failure) {
    return sent.isShownBy(failure)
        ? new IOException(hide(String.valueOf(failure.getMessage())))
        : failure;
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
    connections.close();
    settings.credentials().close();
  }
}
