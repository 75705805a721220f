package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.promdisco.config.Secret;
import io.promdisco.http.Credentials.Text;
import io.promdisco.http.h2.Field;
import io.promdisco.http.h2.Http2Connection;
import io.promdisco.http.h2.Http2Exception;
import io.promdisco.http.h2.Http2Stream;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.PrintableText;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Sends requests to one server: adds headers and credentials, reads the credentials again and tries
 * once more when the server refuses them, follows redirects. Safe for all threads.
 */
public final class Sender implements AutoCloseable {
  /** Longest wait for the head of an answer. */
  public static final Duration HEAD_PATIENCE = Duration.ofSeconds(60);

  /** Longest wait for the first words of an unexpected answer: it may be a stream without any. */
  public static final Duration WORDS_PATIENCE = Duration.ofSeconds(1);

  private static final Logger log = EscapingLogger.of(Sender.class);
  private static final int MOST_REDIRECTS = 10;
  private static final int MOST_TRIES = 2;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final ServerSettings settings;
  private final ClientTls tls;
  private final Connections connections;
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

  /** The client certificate of the first connection. */
  private volatile @Nullable ClientKey clientKey;

  /** A client of one server; it connects when there is something to ask. */
  public Sender(ServerSettings settings, Ticker ticker) {
    this(settings, TlsImplementation.preferred(), ticker);
  }

  Sender(ServerSettings settings, TlsImplementation preferred, Ticker ticker) {
    this.settings = settings;
    this.ticker = ticker;
    this.tls = new ClientTls(settings.tls(), preferred);
    this.connections = new Connections(settings, tls, ticker);
  }

  /**
   * Sends a request and waits for the head of the answer. The caller closes the exchange. One that
   * posts something follows no redirect.
   */
  public Exchange send(Request request) throws IOException, InterruptedException {
    long begin = ticker.nanos();
    String authorization = settings.credentials().header();
    if (clientKey == null) {
      clientKey = settings.tls().client().get();
    }
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
      String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        exchange.close();
        throw new IOException(
            settings.server() + " redirects to a URL that is neither http nor https");
      }
      boolean downgraded = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
      return downgraded || to.getHost() == null ? null : to;
    } catch (IllegalArgumentException e) {
      exchange.close();
      throw new IOException(settings.server() + " redirects to something that is no URL");
    }
  }

  private Exchange send(URI uri, Request request, @Nullable String authorization, long begin)
      throws IOException, InterruptedException {
    List<Field> fields = fields(uri, request, authorization);
    for (int tries = 1; ; tries++) {
      TlsImplementation used = tls.implementation();
      try {
        return sendOnce(uri, request, fields, begin);
      } catch (IOException e) {
        boolean isUnprocessed = e instanceof Http2Exception http2 && http2.isUnprocessed();
        boolean isAgain = (isUnprocessed && tries < MOST_TRIES) || tls.fallBack(e, used);
        if (!isAgain) {
          throw explain(e, uri);
        }
        log.debug("{}: trying again", settings.server(), e);
      }
    }
  }

  private Exchange sendOnce(URI uri, Request request, List<Field> fields, long begin)
      throws IOException, InterruptedException {
    Exchange alone = isOurServer(uri) && request.alone() ? sendAlone(uri, request, fields) : null;
    if (alone != null) {
      try {
        return answered(alone, request, begin);
      } catch (SSLException e) { // It may speak HTTP/2 only. What else is wrong shows there too.
        log.debug("{}: no HTTP/1.1 over TLS", settings.server(), e);
      }
    }
    Http2Connection shared =
        isOurServer(uri) && request.json().isEmpty() ? share(request, begin) : null;
    Exchange exchange =
        shared == null ? sendPlain(uri, request, fields) : sendShared(shared, uri, request, fields);
    return answered(exchange, request, begin);
  }

  private @Nullable Exchange sendAlone(URI uri, Request request, List<Field> fields)
      throws IOException {
    Dialer dialer = request.json().isEmpty() ? connections.alone() : null;
    if (dialer == null) {
      return null;
    }
    StringBuilder text = new StringBuilder("GET ").append(path(uri)).append(" HTTP/1.1\r\n");
    text.append("Host: ").append(authority(uri)).append("\r\nConnection: close\r\n");
    for (Field field : fields) {
      text.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    Call call = new Http1Call(dialer, text.append("\r\n").toString(), ticker, request.pause());
    return new Exchange(
        uri, call, problem -> explain(problem, uri), ended -> forget(ended, () -> {}));
  }

  private @Nullable Http2Connection share(Request request, long begin)
      throws IOException, InterruptedException {
    Duration patience = request.patience().orElse(HEAD_PATIENCE);
    Duration gone =
        request.patience().isPresent() ? Duration.ofNanos(ticker.nanos() - begin) : Duration.ZERO;
    return connections.share(
        patience.minus(gone), Exchange.late(patience, request.patience().isPresent()));
  }

  private Exchange sendShared(Http2Connection shared, URI uri, Request request, List<Field> fields)
      throws IOException {
    List<Field> all = new ArrayList<>();
    all.add(new Field(":method", "GET"));
    all.add(new Field(":scheme", uri.getScheme()));
    all.add(new Field(":authority", authority(uri)));
    all.add(new Field(":path", path(uri)));
    for (Field field : fields) {
      // HTTP/2 has no spaces around a value, and servers end a request that does.
      all.add(new Field(field.name().toLowerCase(Locale.ROOT), field.value().strip()));
    }
    boolean sent = false;
    try {
      Http2Stream stream = shared.request(all, request.pause());
      sent = true;
      return new Exchange(
          uri,
          new Http2Call(stream),
          problem -> explain(problem, uri),
          ended -> forget(ended, shared::release));
    } finally {
      if (!sent) {
        shared.release();
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

  private Exchange sendPlain(URI uri, Request request, List<Field> fields) throws IOException {
    HttpClient client = connections.plain();
    HttpRequest.Builder builder = client.newHttpRequestBuilder().forStreaming();
    builder.uri(uri);
    request.json().ifPresent(json -> builder.post("application/json", json.getBytes(UTF_8)));
    for (Field field : fields) {
      builder.header(field.name(), Headers.ascii(field.name(), field.value()));
    }
    for (Map.Entry<String, List<Secret>> header : settings.proxy().headers().entrySet()) {
      for (Secret value : header.getValue()) {
        builder.header(header.getKey(), Headers.checked(header.getKey(), value.reveal()));
      }
    }
    BodyStream body = new BodyStream(ticker, request.pause());
    Call call = new FabricCall(client.consumeBytes(builder.build(), body), body);
    return new Exchange(
        uri, call, problem -> explain(problem, uri), ended -> forget(ended, () -> {}));
  }

  /** Waits for the head of the answer; until it is closed, the exchange ends when this does. */
  private Exchange answered(Exchange exchange, Request request, long begin)
      throws IOException, InterruptedException {
    Ticker.Alarm headAlarm = () -> {};
    if (request.patience().isPresent()) {
      exchange.limit(ticker, begin, request.patience().get());
    } else {
      headAlarm = exchange.limitHead(ticker, HEAD_PATIENCE);
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

  private List<Field> fields(URI uri, Request request, @Nullable String authorization)
      throws IOException {
    Headers headers = new Headers().add("User-Agent", UserAgent.TEXT);
    if (isOurServer(uri)) {
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
    for (List<Secret> values : settings.proxy().headers().values()) {
      values.forEach(value -> sent.add(value.reveal()));
    }
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      headers.set(header.getKey(), header.getValue());
    }
    return headers.fields();
  }

  /** Credentials and headers go to the configured server only, not where it redirects to. */
  private boolean isOurServer(URI uri) {
    return Urls.isSameOrigin(settings.server(), uri);
  }

  private void forget(Exchange exchange, Runnable release) {
    boolean last;
    boolean known;
    synchronized (lock) {
      known = live.remove(exchange);
      last = retired && live.isEmpty();
    }
    if (known) {
      release.run();
    }
    if (last) {
      close();
    }
  }

  /** Whether there is another client certificate than when the first connection was made. */
  boolean hasNewClientKey() {
    ClientKey first = clientKey;
    return first != null && !first.equals(settings.tls().client().get());
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

  private IOException explain(Throwable problem, URI uri) {
    synchronized (lock) {
      if (closed) {
        return closedProblem();
      }
    }
    // A server that has answered before does not break connections over a client certificate.
    String hint = hasAnswered && !Failures.isAlert(problem) ? "" : tls.clientHint();
    URI asked = isOurServer(uri) ? settings.server() : Urls.origin(uri);
    return Failures.explain(problem, asked, hint);
  }

  private IOException closedProblem() {
    return new IOException("the client of " + settings.server() + " is closed");
  }

  /**
   * What an unexpected answer begins with, as {@link FirstWords} has it, without the secrets that
   * were sent to the server. Empty if nothing comes within {@link #WORDS_PATIENCE}. The rest of the
   * answer cannot be read after that.
   */
  public String firstWords(Exchange exchange) throws InterruptedException {
    Ticker.Alarm alarm =
        ticker.schedule(WORDS_PATIENCE, () -> exchange.fail(new IOException("no words")));
    try {
      return hide(FirstWords.of(exchange.firstPiece()));
    } finally {
      alarm.cancel();
    }
  }

  /** A message of the server: printable, cut, without the secrets that were sent to it. */
  public String hide(String text) {
    return PrintableText.brief(sent.hide(text), LONGEST_SHOWN);
  }

  /**
   * The failure itself if it can be shown; otherwise, if its message contains a secret or
   * unprintable text, one whose message went through {@link #hide(String)}.
   */
  public IOException hide(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    String shown = hide(message);
    return sent.isShownBy(failure) || !shown.equals(message) ? new IOException(shown) : failure;
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
