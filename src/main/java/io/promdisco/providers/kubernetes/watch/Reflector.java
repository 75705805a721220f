package io.promdisco.providers.kubernetes.watch;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.Backoff;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a local copy of a resource: lists it, watches it, and begins again when the watch breaks,
 * for ever.
 *
 * <p>The list is a stream where the server can do that (KEP-3157), else pages. While a list is
 * under way what was known stays; only when it is complete are the objects removed that it did not
 * hold. All on one thread, {@code sd-reflect-…}, which owns every field that is not final.
 */
final class Reflector<V extends KubeObject> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reflector.class);

  /** Takes what the server says, on the reflector's thread. */
  interface Sink<V> {
    /** The object is there, new or changed. */
    void put(V object);

    /** The object is gone. */
    void remove(ObjectKey key);

    /** The list is complete: nothing but {@code seen} is there; null: nothing to be removed. */
    void listed(@Nullable Set<ObjectKey> seen);

    /** Number of objects that are known. */
    int size();
  }

  private final ResourceClient client;
  private final Resource<V> resource;
  private final Scope scope;
  private final InformerOptions options;
  private final Sink<V> sink;
  private final WatchHealth health;
  private final AtomicBoolean streams;
  private final String part;
  private final Pause pause;
  private final Backoff unreachable;
  private final Backoff refused;
  private final Metrics.Counter failures;
  private final Metrics.Counter failuresByWatch;
  private final Ticker ticker;
  private @Nullable Thread thread; // by the one who starts and closes

  private String version = ""; // of the last event; empty: a list is needed
  private boolean listedOnce;
  private boolean failing;

  /**
   * A reflector that has not been started.
   *
   * @param streams whether the server can stream lists; cleared when it turns out not to
   */
  Reflector(
      ResourceClient client,
      Resource<V> resource,
      Scope scope,
      InformerOptions options,
      Ticker ticker,
      Metrics metrics,
      AtomicBoolean streams,
      Sink<V> sink,
      WatchHealth health) {
    this.client = client;
    this.resource = resource;
    this.scope = scope;
    this.options = options;
    this.ticker = ticker;
    this.streams = streams;
    this.sink = sink;
    this.health = health;
    part = client.server() + " " + resource.plural() + WatchProblem.where(scope);
    pause = new Pause(ticker);
    unreachable = new Backoff(options.firstPause(), options.longestPause(), options.random());
    refused = new Backoff(options.firstPause(), options.longestRefusedPause(), options.random());
    failures =
        metrics.counter(
            "prometheus_sd_kubernetes_failures_total", "The number of failed WATCH/LIST requests.");
    failuresByWatch =
        metrics.counter(
            "promdisco_kubernetes_watch_failures_total",
            "Failed lists and watches by API server and resource.",
            "server",
            "resource");
    failures.add(0);
  }

  void start() {
    String name = "sd-reflect-" + resource.plural();
    thread =
        NamedThreads.start(
            scope.namespace().isEmpty() ? name : name + "-" + scope.namespace(), this::run);
  }

  private void run() {
    try {
      while (!pause.isClosed()) {
        Duration wait = once();
        if (!wait.isZero() && !pause.await(wait)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
    }
  }

  /** One list or watch until it ends; returns how long to wait before the next. */
  private Duration once() throws InterruptedException {
    long began = ticker.nanos();
    try {
      if (!version.isEmpty()) {
        watch(false);
      } else if (streams.get()) {
        streamList();
      } else {
        list();
        return Duration.ZERO;
      }
      // A server that ends every watch at once must not be asked in a tight loop.
      boolean brief = ticker.nanos() - began < options.firstPause().toNanos();
      return brief ? unreachable.next() : Duration.ZERO;
    } catch (ApiException e) {
      return failed(e);
    } catch (IOException e) {
      return pause.isClosed() ? Duration.ZERO : failed(e);
    } catch (RuntimeException | StackOverflowError e) {
      log.error("{}: an answer of the API server could not be worked on", part, e);
      return failed(new IOException(part + ": an answer could not be worked on: " + e, e));
    }
  }

  private Duration failed(ApiException e) {
    if (e.isGone()) {
      log.debug("{}: the version {} is gone, listing again", part, version);
      boolean wasWatching = !version.isEmpty();
      version = "";
      return wasWatching ? Duration.ZERO : refused.next();
    }
    Duration wait = refused.next();
    Duration asked = e.retryAfter().orElse(Duration.ZERO);
    return failed((IOException) e, asked.compareTo(wait) > 0 ? asked : wait);
  }

  private Duration failed(IOException e) {
    return failed(e, unreachable.next());
  }

  private Duration failed(IOException e, Duration wait) {
    failures.inc();
    failuresByWatch.inc(client.server(), resource.plural());
    String reason = WatchProblem.describe(e, client.server(), resource, scope);
    health.failing(part, reason, wait);
    if (!failing) {
      failing = true;
      log.warn(
          "{}: failed, keeping the {} known, next try in {} ms: {}",
          part,
          sink.size(),
          wait.toMillis(),
          reason);
    }
    return wait;
  }

  private void well() {
    unreachable.reset();
    refused.reset();
    if (failing) {
      failing = false;
      log.info("{}: works again", part);
    }
    health.recovered(part);
  }

  private int timeoutSeconds() {
    double seconds = options.minWatchTimeout().toMillis() / 1000.0;
    return (int) Math.ceil(seconds * (1 + options.random().nextDouble()));
  }

  /** A streaming list; by pages if the server refuses. */
  private void streamList() throws IOException, InterruptedException {
    try {
      watch(true);
      if (version.isEmpty()) {
        list(); // It ended before the list was complete.
      }
    } catch (ApiException e) {
      if (e.code() != 400 && e.code() != 405 && e.code() != 415 && e.code() != 422) {
        throw e;
      }
      log.debug("{}: no streaming list ({}), listing by pages", part, e.getMessage());
      list();
      streams.set(false); // The list went well, so it was the streaming that was refused.
    }
  }

  private void watch(boolean initial) throws IOException, InterruptedException {
    client.watch(
        resource, scope, version, timeoutSeconds(), initial, new Events(initial, listedOnce));
  }

  private void list() throws IOException, InterruptedException {
    Set<ObjectKey> seen = new HashSet<>();
    String token = "";
    String listVersion = "";
    do {
      ResourceClient.Page page =
          client.list(
              resource,
              scope,
              options.pageSize(),
              token,
              "",
              object -> {
                seen.add(object.key());
                sink.put(object);
              });
      token = page.continueToken();
      listVersion = page.resourceVersion();
    } while (!token.isEmpty());
    complete(listVersion, listedOnce ? seen : null);
  }

  private void complete(String listVersion, @Nullable Set<ObjectKey> seen) {
    version = listVersion;
    listedOnce = true;
    sink.listed(seen);
    well();
  }

  /**
   * Whether {@code b} is an older version than {@code a}; versions that are no numbers never are.
   */
  private static boolean goesBack(String a, String b) {
    if (!isNumber(a) || !isNumber(b)) {
      return false;
    }
    return b.length() != a.length() ? b.length() < a.length() : b.compareTo(a) < 0;
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** The events of one watch. */
  private final class Events implements ResourceClient.WatchHandler<V> {
    private final @Nullable Set<ObjectKey> seen;
    private boolean listing;

    /** {@code prune}: whether a list has to find out what has gone meanwhile. */
    Events(boolean listing, boolean prune) {
      this.listing = listing;
      seen = listing && prune ? new HashSet<>() : null;
    }

    @Override
    public void opened() {
      if (!listing) {
        well();
      }
    }

    @Override
    public void added(V object, String resourceVersion) {
      if (seen != null && listing) {
        seen.add(object.key());
      }
      sink.put(object);
      advance(resourceVersion);
    }

    @Override
    public void modified(V object, String resourceVersion) {
      added(object, resourceVersion);
    }

    @Override
    public void deleted(V object, String resourceVersion) {
      if (seen != null && listing) {
        seen.remove(object.key());
      }
      sink.remove(object.key());
      advance(resourceVersion);
    }

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {
      if (listing && initialEventsEnd) {
        listing = false;
        complete(resourceVersion, seen);
      } else {
        advance(resourceVersion);
      }
    }

    /** While a list streams its objects' versions are in no order and say nothing. */
    private void advance(String resourceVersion) {
      if (!listing && !resourceVersion.isEmpty() && !goesBack(version, resourceVersion)) {
        version = resourceVersion;
      }
    }
  }

  /** Ends the thread and whatever request it is in. */
  @Override
  public void close() {
    pause.close();
    if (thread != null) {
      thread.interrupt();
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }
}
