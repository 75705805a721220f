package io.promdisco.providers.kubernetes.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.http.Exchange;
import io.promdisco.http.RenewingSender;
import io.promdisco.http.Request;
import io.promdisco.http.Sender;
import io.promdisco.http.ServerUrls;
import io.promdisco.providers.kubernetes.client.decode.ApiStatus;
import io.promdisco.providers.kubernetes.client.decode.Decoder;
import io.promdisco.providers.kubernetes.client.decode.Decoders;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.AccessReview;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ForwardingWatchHandler;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.IdleTimeout;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Lists and watches over HTTP. Requests protobuf and accepts JSON too; after a server has rejected
 * protobuf, only JSON is requested. Safe for all threads.
 */
final class ApiServerClient implements ResourceClient, AccessReview {
  private static final Logger log = EscapingLogger.of(ApiServerClient.class);

  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final String JSON = "application/json";
  private static final String WATCH = ";stream=watch";

  /** A list fails when the server sends nothing for this long. */
  private static final Duration LIST_PAUSE = Duration.ofSeconds(60);

  /**
   * A watch fails when nothing was received for this long. API servers send a bookmark every
   * minute.
   */
  private static final Duration WATCH_PAUSE = Duration.ofMinutes(3);

  /** If the server sends no bookmarks, a watch fails this long after its timeout. */
  private static final Duration WATCH_SLACK = Duration.ofSeconds(30);

  /** The maximum timeout that an API server chooses for a watch without one. */
  private static final Duration SERVER_TIMEOUT = Duration.ofHours(1);

  private static final int LARGEST_REFUSAL = 64 << 10;

  private final URI server;
  private final Optional<String> ownNamespace;
  private final RenewingSender senders;
  private final AccessReviewClient reviews;
  private final Decoders decoders = new Decoders();
  private volatile boolean jsonOnly;

  /** Whether a bookmark was received; and whether three minutes have passed without the first. */
  private volatile boolean sendsBookmarks;

  private volatile boolean sendsNone;

  /**
   * Creates a client.
   *
   * @param ownNamespace the namespace of this process, if it runs in a cluster
   */
  ApiServerClient(RenewingSender senders, Optional<String> ownNamespace) {
    this.senders = senders;
    this.reviews = new AccessReviewClient(senders);
    this.server = senders.server();
    this.ownNamespace = ownNamespace;
  }

  @Override
  public String server() {
    return server.toString();
  }

  @Override
  public Optional<String> ownNamespace() {
    return ownNamespace;
  }

  @Override
  public <V extends KubeObject> Page list(
      Resource<V> resource,
      WatchScope scope,
      int limit,
      String continueToken,
      Consumer<? super V> items)
      throws IOException, InterruptedException {
    Query query = new Query(resource, scope);
    if (limit > 0) {
      query.add("limit", Integer.toString(limit));
    }
    query.add("continue", continueToken);
    Sender sender = senders.current();
    try (Exchange exchange = open(sender, query, "", LIST_PAUSE)) {
      return decoder(sender, exchange, query).list(resource, exchange.reader(), items);
    } catch (IOException e) {
      throw hidden(sender, e);
    }
  }

  @Override
  public <V extends KubeObject> void watch(
      Resource<V> resource,
      WatchScope scope,
      String resourceVersion,
      int timeoutSeconds,
      WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    Query query = new Query(resource, scope);
    query.add("watch", "true");
    query.add("allowWatchBookmarks", "true");
    query.add("resourceVersion", resourceVersion);
    if (resourceVersion.isEmpty()) {
      query.add("sendInitialEvents", "true");
      query.add("resourceVersionMatch", "NotOlderThan");
    }
    if (timeoutSeconds > 0) {
      query.add("timeoutSeconds", Integer.toString(timeoutSeconds));
    }
    Duration timeout = timeoutSeconds > 0 ? Duration.ofSeconds(timeoutSeconds) : SERVER_TIMEOUT;
    Duration longest = timeout.plus(WATCH_SLACK);
    Duration pause = sendsNone || longest.compareTo(WATCH_PAUSE) < 0 ? longest : WATCH_PAUSE;
    Sender sender = senders.current();
    try (Exchange exchange = open(sender, query, WATCH, pause)) {
      Decoder decoder = decoder(sender, exchange, query);
      handler.opened();
      decoder.watch(resource, exchange.reader(), notingBookmarks(handler));
    } catch (IOException e) {
      if (e.getCause() instanceof IdleTimeout.IdleTimeoutException && !sendsBookmarks) {
        sendsNone = true;
      }
      throw hidden(sender, e);
    }
  }

  private <V> WatchHandler<V> notingBookmarks(WatchHandler<? super V> handler) {
    return new ForwardingWatchHandler<>(handler) {
      @Override
      public void bookmark(String resourceVersion, boolean initialEventsEnd) {
        sendsBookmarks = true;
        sendsNone = false;
        super.bookmark(resourceVersion, initialEventsEnd);
      }
    };
  }

  @Override
  public boolean allows(String verb, Resource<?> resource, String namespace, String name)
      throws IOException, InterruptedException {
    return reviews.allows(verb, resource, namespace, name);
  }

  private Exchange open(Sender sender, Query query, String parameter, Duration pause)
      throws IOException, InterruptedException {
    boolean offersProtobuf = !jsonOnly && !query.resource.isDocument();
    String json = JSON + parameter;
    String accept = offersProtobuf ? PROTOBUF + parameter + ", " + json : json;
    Exchange exchange = sender.send(Request.get(query.uri(), accept, pause));
    if (offersProtobuf && (exchange.code() == 406 || exchange.code() == 415)) {
      exchange.close();
      log.info("{} does not support protobuf; using JSON from now on", server);
      jsonOnly = true;
      return open(sender, query, parameter, pause);
    }
    if (exchange.code() != 200) {
      try (exchange) {
        throw refusal(sender, exchange);
      }
    }
    return exchange;
  }

  /** Hides secrets: servers and proxies may repeat what was sent to them. */
  private static IOException hidden(Sender sender, IOException e) {
    return e instanceof ApiException refused && sender.hide(e) != e
        ? new ApiException(
            refused.code(),
            sender.hide(refused.reason()),
            sender.hide(String.valueOf(refused.getMessage())),
            refused.retryAfter().orElse(null))
        : sender.hide(e);
  }

  private Decoder decoder(Sender sender, Exchange exchange, Query query)
      throws IOException, InterruptedException {
    return switch (exchange.contentType()) {
      case PROTOBUF -> decoders.protobuf();
      case JSON -> decoders.json();
      default -> throw unexpected(sender, exchange, query.place(), PROTOBUF + " or " + JSON);
    };
  }

  /** Returns the error for an answer that is not from an API server, usually a login page. */
  private IOException unexpected(Sender sender, Exchange exchange, String place, String expected)
      throws InterruptedException {
    String type = exchange.contentType();
    String shown = ServerUrls.shown(exchange.uri());
    String from = shown.equals(place) ? "" : ", redirected to " + shown;
    return new IOException(
        place
            + from
            + ": content type "
            + (type.isEmpty() ? "not given" : type)
            + exchange.throughProxy()
            + sender.bodyExcerpt(exchange)
            + " (expected "
            + expected
            + "; is this an API server?)");
  }

  /** Returns the error for an answer with an error status. */
  private ApiException refusal(Sender sender, Exchange exchange) throws InterruptedException {
    byte[] body = exchange.beginning(LARGEST_REFUSAL);
    ApiStatus status = status(exchange, body);
    int code = exchange.code();
    String message = status.message();
    if (code == 401) {
      String detail = message.isEmpty() ? "Unauthorized" : message;
      message =
          ServerUrls.isSameOrigin(server, exchange.uri())
              ? server + " does not accept the credentials: " + detail
              : server
                  + " redirects to "
                  + ServerUrls.shown(exchange.uri())
                  + ", where credentials are not sent: "
                  + detail;
    } else if (message.isEmpty()) {
      String words = exchange.contentType().equals(PROTOBUF) ? "" : sender.bodyExcerpt(body);
      String to = ServerUrls.redirect(exchange.code(), exchange.uri(), exchange.header("location"));
      message = server + " answered with status " + code + to + exchange.throughProxy() + words;
    }
    Duration retryAfter = exchange.retryAfter();
    if (retryAfter == null && status.retryAfterSeconds() > 0) {
      retryAfter = Duration.ofSeconds(status.retryAfterSeconds());
    }
    return new ApiException(code, status.reason(), message, retryAfter);
  }

  private ApiStatus status(Exchange exchange, byte[] body) {
    try {
      return switch (exchange.contentType()) {
        case PROTOBUF -> decoders.protobuf().status(body);
        case JSON -> decoders.json().status(body);
        default -> new ApiStatus(0, "", "", 0);
      };
    } catch (IOException e) {
      log.debug("{}: cannot read the status in the answer", server, e);
      return new ApiStatus(0, "", "", 0);
    }
  }

  @Override
  public void close() {
    reviews.close();
    senders.close();
  }

  @Override
  public String toString() {
    return "ApiServerClient[" + server() + "]";
  }

  /** Builds a URL. */
  private final class Query {
    private final Resource<?> resource;
    private final String place;
    private final StringBuilder url;
    private char separator = '?';

    Query(Resource<?> resource, WatchScope scope) {
      this.resource = resource;
      place = server + resource.path(encoded(scope.namespace()));
      url = new StringBuilder(place);
      add("labelSelector", scope.labelSelector());
      add("fieldSelector", scope.fieldSelector());
    }

    void add(String name, String value) {
      if (!value.isEmpty()) {
        url.append(separator).append(name).append('=').append(encoded(value));
        separator = '&';
      }
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, UTF_8);
    }

    /** Returns the URL without its query, for people. */
    String place() {
      return place;
    }

    URI uri() {
      return URI.create(url.toString());
    }
  }
}
