package io.promdisco.providers.kubernetes.watch;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import io.promdisco.util.TickerWait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Keeps a local copy of a resource: lists it, watches it, and begins again when the watch breaks,
 * for ever.
 *
 * <p>The list is a stream where the server can do that (KEP-3157), else pages. While a list is
 * under way what was known stays; only when it is complete are the objects removed that it did not
 * hold. All on one thread, {@code sd-reflect-…}, which owns every field that is not final and which
 * nothing but {@link #close} ends.
 */
final class Reflector<V extends KubeObject> implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(Reflector.class);

  /** A watch that ends sooner than this is not followed by the next one at once. */
  private static final Duration BRIEF = Duration.ofSeconds(1);

  /** A server that asks for a longer pause is asked again all the same: it may be mistaken. */
  private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

  /** Takes what the server says, on the reflector's thread. */
  interface Sink<V> {
    /** A list begins: what is there now and not put again until it is complete has gone. */
    void listing();

    /** The object is there, new or changed. */
    void put(V object);

    /** The object is gone; it is as it was last. */
    void remove(V object);

    /** The list that began last is complete. */
    void listed();

    /** Nothing may come for some time: whatever was held back has to be passed on. */
    void flush();

    /** Number of objects that are known. */
    int size();

    /** The same by namespace. */
    Map<String, Integer> countByNamespace();
  }

  private final ResourceClient client;
  private final Resource<V> resource;
  private final WatchScope scope;
  private final InformerOptions options;
  private final Ticker ticker;
  private final AtomicBoolean streams;
  private final Sink<V> sink;
  private final WatchFailureReporter report;
  private final TickerWait pause;
  private final WatchRetrySchedule slot;
  private final WatchCacheGap<V> gap;
  private @Nullable Thread thread; // by the one who starts and closes

  private String version = ""; // up to which everything has been seen; empty: a list is needed
  private boolean known; // a list has been complete
  private long began; // the round of now
  private int goneInARow; // versions, without a sign of life in between

  /**
   * A reflector that has not been started.
   *
   * @param streams whether the server can stream lists; cleared when it turns out not to
   */
  Reflector(
      ResourceClient client,
      Resource<V> resource,
      WatchScope scope,
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
    report = new WatchFailureReporter(client.server(), resource, scope, ticker, metrics, health);
    pause = new TickerWait(ticker);
    slot = new WatchRetrySchedule(options.retryPeriod(), options.random());
    gap = new WatchCacheGap<>(client, resource, scope, options.pageSize(), sink);
  }

  void start() {
    String name = "sd-reflect-" + resource.plural();
    thread =
        NamedThreads.start(
            scope.namespace().isEmpty() ? name : name + "-" + scope.namespace(), this::run);
  }

  private void run() {
    while (!pause.isClosed()) {
      Duration wait = round();
      try {
        if (!wait.isZero() && !pause.isClosed()) {
          pause.await(wait);
        }
      } catch (InterruptedException e) {
        log.debug("{}: interrupted", report.part()); // Goes on, unless it was closed.
      }
    }
  }

  /** One list or watch until it ends; returns how long to wait before the next. */
  private Duration round() {
    began = ticker.nanos();
    try {
      boolean watched = true;
      if (!version.isEmpty()) {
        client.watch(resource, scope, version, timeoutSeconds(), new Events(false));
      } else if (streams.get()) {
        watched = streamList();
      } else {
        list();
        watched = false;
      }
      // A server that ends every watch at once must not be asked in a tight loop.
      return !watched || lasted(BRIEF) ? Duration.ZERO : nextTry(Duration.ZERO);
    } catch (Throwable e) { // Whatever it is: a watch that no longer tries is worse.
      if (pause.isClosed()) {
        return Duration.ZERO;
      }
      return failed(e);
    } finally {
      report.ended();
      sink.flush();
    }
  }

  private boolean lasted(Duration time) {
    return ticker.nanos() - began >= time.toNanos();
  }

  /** The pause before the next try. */
  private Duration nextTry(Duration asked) {
    return slot.pause(ticker.nanos(), asked);
  }

  private Duration failed(Throwable error) {
    boolean list = version.isEmpty();
    Duration asked = Duration.ZERO;
    if (error instanceof ApiException refused) {
      if (refused.isGone() && !version.isEmpty()) {
        log.debug("{}: version {} is gone, listing again", report.part(), version);
        version = "";
        goneInARow = lasted(BRIEF) ? 1 : goneInARow + 1;
        if (goneInARow == 1) {
          return Duration.ZERO;
        }
      } else if (isBadVersion(refused)) {
        version = "";
      }
      asked = refused.retryAfter().orElse(Duration.ZERO);
    }
    Duration wait = nextTry(asked.compareTo(LONGEST_ASKED) < 0 ? asked : LONGEST_ASKED);
    report.failed(error, list, sink.size(), wait);
    if (known && error instanceof ApiException refused && WatchCacheGap.isMeantBy(refused)) {
      long refusedAt = ticker.nanos();
      lookIntoGap();
      Duration left = wait.minusNanos(ticker.nanos() - refusedAt);
      return left.isNegative() ? Duration.ZERO : left;
    }
    return wait;
  }

  /** What goes wrong here is of no consequence: the next try will say what is wrong. */
  private void lookIntoGap() {
    try {
      gap.look();
    } catch (Throwable e) {
      log.debug("{}: new objects could not be looked for", report.part(), e);
    }
  }

  /** Whether the server may not understand the version, or not have got there: it was restored. */
  private static boolean isBadVersion(ApiException e) {
    return e.code() == 400
        || (e.code() == 504 && String.valueOf(e.getMessage()).contains("resource version"));
  }

  /** Spread, so that the watches of many clients do not end all at once. */
  private int timeoutSeconds() {
    double seconds = options.minWatchTimeout().toMillis() / 1000.0;
    return (int) Math.ceil(seconds * (1 + options.random().nextDouble()));
  }

  /**
   * A streaming list and the watch that it goes over into.
   *
   * @return false if there was no such watch, as the list had to be read by pages
   */
  private boolean streamList() throws IOException, InterruptedException {
    sink.listing();
    Events events = new Events(true);
    try {
      client.watch(resource, scope, "", timeoutSeconds(), events);
      if (!version.isEmpty()) {
        return true;
      }
      log.debug("{}: the stream ended before the list was complete", report.part());
    } catch (ApiException e) {
      if (events.heard || !isRefusalToStream(e)) {
        throw e;
      }
      log.debug("{}: no streaming list ({}), listing by pages", report.part(), e.getMessage());
      list();
      streams.set(false); // The list went well, so it was the streaming that was refused.
      return false;
    }
    list();
    return false;
  }

  private static boolean isRefusalToStream(ApiException e) {
    return switch (e.code()) {
      case 400, 405, 415, 422, 501 -> true;
      default -> false;
    };
  }

  /**
   * A list by pages. When the place to go on from has expired it starts again, the second time with
   * everything at once: on a busy server pages may expire for ever.
   */
  private void list() throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      sink.listing();
      try {
        complete(
            client.listAll(resource, scope, tries <= 2 ? options.pageSize() : 0, sink::put), "");
        return;
      } catch (ApiException e) {
        if (!e.isGone() || tries == 3) {
          throw e;
        }
        log.debug("{}: the list expired half-way, starting again", report.part());
      }
    }
  }

  /**
   * Takes a list as complete.
   *
   * @param newest the newest version in the list, if known: to go by if the list's own is unusable
   */
  private void complete(String listVersion, String newest) {
    boolean usable = isNumber(listVersion) || (newest.isEmpty() && !listVersion.isEmpty());
    String complete = usable ? listVersion : newest;
    if (complete.isEmpty()) {
      throw new UncheckedIOException(
          new IOException("a list of " + resource.plural() + " without a resourceVersion"));
    }
    version = complete;
    known = true;
    report.listed(); // First: whoever waits for the list finds no failure that it has ended.
    sink.listed();
  }

  /** Whether {@code b} can follow {@code a}: a number is not followed by a smaller one or none. */
  private static boolean follows(String a, String b) {
    if (!isNumber(a)) {
      return !b.isEmpty();
    }
    return isNumber(b)
        && (a.length() != b.length() ? a.length() < b.length() : a.compareTo(b) <= 0);
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
    private boolean listing;
    private boolean heard; // something, so that the server has not refused
    private String newest = ""; // while listing, as its objects come in no order

    /** {@code listing}: whether it begins with the state of now. */
    Events(boolean listing) {
      this.listing = listing;
    }

    @Override
    public void opened() {
      heard = true;
      if (!listing) {
        report.opened();
      }
    }

    @Override
    public void added(V object, String resourceVersion) {
      sink.put(object);
      advance(resourceVersion);
    }

    @Override
    public void modified(V object, String resourceVersion) {
      added(object, resourceVersion);
    }

    @Override
    public void deleted(V object, String resourceVersion) {
      sink.remove(object);
      advance(resourceVersion);
    }

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {
      heard = true;
      if (!listing) {
        advance(resourceVersion);
      } else if (initialEventsEnd) {
        complete(resourceVersion, newest);
        listing = false;
        report.succeeded();
      }
    }

    private void advance(String resourceVersion) {
      heard = true;
      if (listing) {
        if (isNumber(resourceVersion) && follows(newest, resourceVersion)) {
          newest = resourceVersion;
        }
        return;
      }
      goneInARow = 0;
      report.succeeded();
      if (follows(version, resourceVersion)) {
        version = resourceVersion;
      }
    }
  }

  /** Ends the thread and whatever request it is in. */
  @Override
  public void close() {
    pause.close();
    Thread running = thread;
    if (running != null && running != Thread.currentThread()) {
      running.interrupt();
      Uninterruptibles.joinUninterruptibly(running);
    }
    report.closed();
  }
}
