package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.Internal;
import io.promdisco.config.Secret;
import io.promdisco.http.Credentials.Text;
import io.promdisco.http.tls.ClientKey;
import io.promdisco.http.tls.ClientTls;
import io.promdisco.http.tls.TlsFailures;
import io.promdisco.http.tls.TlsImplementation;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.PrintableText;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Sends requests to one server: adds headers and credentials, reads rejected credentials again and
 * retries once, and follows redirects. Safe for all threads.
 *
 * @hidden
 */
@Internal
public final class Sender implements AutoCloseable {
  /** The maximum time to wait for the headers of an answer. */
  public static final Duration HEAD_PATIENCE = Duration.ofSeconds(60);

  /**
   * The maximum time to wait for the first words of an unexpected answer, which may be a stream
   * without any.
   */
  public static final Duration WORDS_PATIENCE = Duration.ofSeconds(1);

  private static final Logger log = EscapingLogger.of(Sender.class);
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final ServerSettings settings;
  private final ClientTls tls;
  private final ConnectionPool connections;
  private final Ticker ticker;
  private static final int LONGEST_SHOWN = 2000;

  private final SentSecrets sent = new SentSecrets();
  private final Object lock = new Object();
  private volatile boolean hasAnswered;

  @GuardedBy("lock")
  private final Set<Exchange> live = new HashSet<>();

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private boolean retired;

  /** the client certificate of the first connection */
  private volatile @Nullable ClientKey clientKey;

  /** Creates a client of one server, which connects when a request is sent. */
  public Sender(ServerSettings settings, Ticker ticker) {
    this(settings, TlsImplementation.preferred(), ticker);
  }

  Sender(ServerSettings settings, TlsImplementation preferred, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
    this.tls = new ClientTls(settings.tls(), preferred);
    this.connections = new ConnectionPool(tls, settings.tls(), settings.proxy(), ticker);
  }

  /**
   * Sends a request to the server and waits for the headers of the answer. The caller closes the
   * exchange. A POST follows no redirects.
   */
  public Exchange send(Request request) throws IOException, InterruptedException {
    return send(request, settings.server());
  }

  /**
   * Sends a request.
   *
   * @param home the server that may receive the credentials and headers of the settings
   */
  Exchange send(Request request, URI home) throws IOException, InterruptedException {
    long begin = ticker.nanos();
    String authorization = settings.credentials().header();
    if (clientKey == null) {
      clientKey = settings.tls().client().get();
    }
    boolean refused = false;
    URI at = request.uri();
    for (int redirects = 0; ; ) {
      Exchange exchange = send(home, at, request, authorization, begin);
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
          request.form().isEmpty() && redirects < MOST_REDIRECTS
              ? redirect(exchange, home, at)
              : null;
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
      return before; // The server's error is more useful than the message that there are no newer
      // credentials.
    } catch (InterruptedException e) {
      exchange.close();
      throw e;
    }
  }

  private @Nullable URI redirect(Exchange exchange, URI home, URI from) throws IOException {
    String location = exchange.header("location");
    if (!settings.followRedirects() || !REDIRECTS.contains(exchange.code()) || location.isEmpty()) {
      return null;
    }
    try {
      URI to = from.resolve(location);
      String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        exchange.close();
        throw new IOException(home + " redirects to a URL that is neither http nor https");
      }
      boolean downgraded = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
      return downgraded || to.getHost() == null ? null : to;
    } catch (IllegalArgumentException e) {
      exchange.close();
      throw new IOException(home + " redirects to something that is not a URL");
    }
  }

  private Exchange send(
      URI home, URI uri, Request request, @Nullable String authorization, long begin)
      throws IOException, InterruptedException {
    List<Header> headers =
        headers(ServerUrls.isSameOrigin(home, uri), request.headers(), authorization);
    while (true) {
      TlsImplementation used = tls.implementation();
      try {
        return sendOnce(home, uri, request, headers, begin);
      } catch (IOException e) {
        if (!tls.fallBack(e, used)) {
          throw explain(e, home, uri);
        }
        log.debug("{}: retrying", home, e);
      }
    }
  }

  private Exchange sendOnce(URI home, URI uri, Request request, List<Header> headers, long begin)
      throws IOException, InterruptedException {
    // The server may have closed a kept connection, and a POST cannot be repeated.
    HttpConnection kept = request.form().isEmpty() ? kept(uri) : null;
    if (kept != null) {
      Exchange exchange = exchange(kept, home, uri, request, headers);
      try {
        return answered(exchange, request, begin);
      } catch (IOException e) {
        if (exchange.isEnded()) {
          throw e;
        }
        log.debug("{}: retrying with a new connection", home, e);
      }
    }
    HttpConnection made = connections.open(uri);
    Exchange exchange = exchange(made, home, uri, request, headers);
    made.start();
    return answered(exchange, request, begin);
  }

  private @Nullable HttpConnection kept(URI uri) throws InterruptedException {
    HttpConnection kept = connections.kept(uri);
    while (kept != null && !kept.isQuiet()) {
      kept.close();
      kept = connections.kept(uri);
    }
    return kept;
  }

  private Exchange exchange(
      HttpConnection connection, URI home, URI uri, Request request, List<Header> headers)
      throws IOException {
    boolean isGet = request.form().isEmpty();
    String path = connection.isForwarded() ? "http://" + authority(uri) + path(uri) : path(uri);
    BasicClassicHttpRequest message =
        new BasicClassicHttpRequest(isGet ? "GET" : "POST", null, null, path);
    message.addHeader("Host", authority(uri));
    headers.forEach(message::addHeader);
    if (!isGet) {
      byte[] form = request.form().get().getBytes(UTF_8);
      message.addHeader("Content-Type", "application/x-www-form-urlencoded");
      message.addHeader("Content-Length", form.length);
      message.setEntity(new ByteArrayEntity(form, null));
    }
    addForProxy(connection, message);
    return new Exchange(
        uri,
        connection,
        message,
        request.pause(),
        ticker,
        problem -> explain(problem, home, uri),
        this::forget);
  }

  /**
   * Without a tunnel, the server may see headers for the proxy, so only those with a proxy name are
   * sent.
   */
  private void addForProxy(HttpConnection connection, BasicClassicHttpRequest message)
      throws IOException {
    URI proxy = connection.proxy();
    String authorization = proxy == null ? null : ProxyTunnel.authorization(proxy);
    if (authorization != null) {
      sent.addAuthorization(authorization);
    }
    if (connection.isForwarded()) {
      for (var header : settings.proxy().connectHeaders().entrySet()) {
        if (header.getKey().toLowerCase(Locale.ROOT).startsWith("proxy-")) {
          for (Secret value : header.getValue()) {
            message.addHeader(
                header.getKey(), RequestHeaders.checked(header.getKey(), value.reveal()));
          }
        }
      }
      if (authorization != null) {
        message.setHeader("Proxy-Authorization", authorization);
      }
    }
  }

  private static String authority(URI uri) {
    String authority = uri.getRawAuthority();
    return authority.substring(authority.indexOf('@') + 1);
  }

  private static String path(URI uri) {
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  /**
   * Waits for the headers of the answer. Until it is closed, the exchange ends with this sender.
   */
  private Exchange answered(Exchange exchange, Request request, long begin)
      throws IOException, InterruptedException {
    Ticker.Alarm headAlarm = () -> {};
    if (request.patience().isPresent()) {
      exchange.limit(begin, request.patience().get());
    } else {
      headAlarm = exchange.limitHead(HEAD_PATIENCE);
    }
    boolean late;
    synchronized (lock) {
      late = closed;
      live.add(exchange);
    }
    if (late) {
      exchange.fail(closedProblem());
    }
    boolean answered = false;
    try {
      exchange.awaitHead();
      exchange.checkProxy();
      answered = true;
      hasAnswered = true;
      tls.connected();
      return exchange;
    } finally {
      headAlarm.cancel();
      if (!answered) {
        exchange.close();
      }
    }
  }

  private List<Header> headers(
      boolean isHome, Map<String, String> own, @Nullable String authorization) throws IOException {
    RequestHeaders headers = new RequestHeaders().add("User-Agent", RequestHeaders.USER_AGENT);
    if (isHome) { // not to a redirect target
      for (Map.Entry<String, List<Text>> header : settings.headers().entrySet()) {
        for (Text value : header.getValue()) {
          String text = value.read();
          if (value.isSecret()) {
            sent.add(text);
          }
          headers.add(header.getKey(), text);
        }
      }
      if (authorization != null) {
        sent.addAuthorization(authorization);
        headers.set("Authorization", authorization);
      }
    }
    for (List<Secret> values : settings.proxy().connectHeaders().values()) {
      values.forEach(value -> sent.add(value.reveal()));
    }
    for (Map.Entry<String, String> header : own.entrySet()) {
      headers.set(header.getKey(), header.getValue());
    }
    return headers.fields();
  }

  ServerSettings settings() {
    return settings;
  }

  /** Returns the JDK's TLS for this server. */
  SSLContext jdkTls() {
    return tls.context(TlsImplementation.JDK);
  }

  /** Returns the headers of the settings and the credentials, for a request of another client. */
  List<Header> headers() throws IOException, InterruptedException {
    return headers(true, Map.of(), settings.credentials().header());
  }

  /** Drops cached credentials, because the server has rejected them. */
  void forgetCredentials() {
    settings.credentials().forget();
  }

  private void forget(Exchange exchange, @Nullable HttpConnection usable) {
    boolean last;
    synchronized (lock) {
      live.remove(exchange);
      last = retired && live.isEmpty();
    }
    if (usable != null) {
      connections.keep(usable);
    }
    if (last) {
      close();
    }
  }

  /** Whether the client certificate has changed since the first connection. */
  boolean hasNewClientKey() {
    ClientKey first = clientKey;
    return first != null && !first.equals(settings.tls().client().get());
  }

  /** Whether it is closed. */
  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /** Closes it when its running requests have ended, because another sender has replaced it. */
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

  /** Returns a failure on the way to the server, described for people. */
  public IOException explain(Throwable problem) {
    return explain(problem, settings.server(), settings.server());
  }

  private IOException explain(Throwable problem, URI home, URI uri) {
    synchronized (lock) {
      if (closed) {
        return closedProblem();
      }
    }
    // A server that has answered before does not break connections because of a client certificate.
    String hint = hasAnswered && !TlsFailures.isAlert(problem) ? "" : tls.clientHint();
    URI asked = ServerUrls.isSameOrigin(home, uri) ? home : ServerUrls.origin(uri);
    URI proxy = problem instanceof ConnectException ? null : settings.proxy().proxyFor(uri);
    String way = proxy == null ? "" : ", through " + ProxyTunnel.shown(proxy);
    return new IOException(ConnectionFailures.explain(problem, asked, hint) + way, problem);
  }

  private IOException closedProblem() {
    return new IOException("the client of " + settings.server() + " is closed");
  }

  /**
   * Returns the beginning of an unexpected answer, as {@link BodyExcerpt} formats it, without the
   * secrets that were sent to the server. Empty if nothing arrives within {@link #WORDS_PATIENCE}.
   * After this, the rest of the answer cannot be read.
   */
  public String bodyExcerpt(Exchange exchange) throws InterruptedException {
    Ticker.Alarm alarm =
        ticker.schedule(WORDS_PATIENCE, () -> exchange.fail(new IOException("no message")));
    try {
      return bodyExcerpt(exchange.firstPiece());
    } finally {
      alarm.cancel();
    }
  }

  /**
   * Returns the first words of an answer that begins with these bytes, as {@link BodyExcerpt}
   * formats them.
   */
  public String bodyExcerpt(byte[] beginning) {
    return BodyExcerpt.of(beginning, sent);
  }

  /**
   * Makes a message of the server printable, shortens it, and removes the secrets that were sent to
   * it.
   */
  public String hide(String text) {
    return PrintableText.brief(sent.hide(text), LONGEST_SHOWN);
  }

  /**
   * Returns the failure itself if it can be shown. If its message contains a secret or unprintable
   * text, returns an exception with a message from {@link #hide(String)}.
   */
  public IOException hide(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    String shown = hide(message);
    return sent.isShownBy(failure) || !shown.equals(message) ? new IOException(shown) : failure;
  }

  /** Ends all exchanges. Threads that wait for answers fail with an {@link IOException}. */
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
