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
 * Maintains a local copy of a resource: lists it, watches it, and starts again when the watch
 * breaks, until it is closed.
 *
 * <p>The list is a stream if the server supports that (KEP-3157), otherwise pages. During a list,
 * known objects remain; objects that are missing in the list are removed when it is complete.
 * Everything runs on one thread, {@code sd-reflect-…}, which uses all fields that are not final,
 * and which only {@link #close} ends.
 */
final class Reflector<V extends KubeObject> implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(Reflector.class);

  /** If a watch ends sooner than this, the next one does not follow immediately. */
  private static final Duration BRIEF = Duration.ofSeconds(1);

  /** The maximum pause that a server can request. */
  private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

  /** Receives objects on the reflector's thread. */
  interface Sink<V> {
    /**
     * Called when a list begins. Objects that exist now, and are not put before the list is
     * complete, are deleted.
     */
    void listing();

    /** Called for a new or changed object. */
    void put(V object);

    /** Called for a deleted object with its last state. */
    void remove(V object);

    /** Called when the current list is complete. */
    void listed();

    /** Called before a possible pause: everything that was held back must be passed on. */
    void flush();

    /** The number of known objects. */
    int size();

    /** The number of known objects by namespace. */
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
  private @Nullable Thread thread; // used by the threads that start and close

  private String version =
      ""; // the version up to which everything was received; empty if a list is needed
  private boolean known; // whether a list was complete
  private long began; // when the current round began
  private int goneInARow; // number of expired versions in sequence without an event in between

  /**
   * Creates a reflector that is not started.
   *
   * @param streams whether the server can stream lists; set to false when it turns out not to
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
        log.debug("{}: interrupted", report.part()); // continues unless it was closed
      }
    }
  }

  /** Runs one list or watch until it ends. Returns the pause before the next one. */
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
      // A server that ends every watch immediately must not be asked in a tight loop.
      return !watched || lasted(BRIEF) ? Duration.ZERO : nextTry(Duration.ZERO);
    } catch (Throwable e) { // No error may end the retries.
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

  /** Returns the pause before the next try. */
  private Duration nextTry(Duration asked) {
    return slot.pause(ticker.nanos(), asked);
  }

  private Duration failed(Throwable error) {
    boolean list = version.isEmpty();
    Duration asked = Duration.ZERO;
    if (error instanceof ApiException refused) {
      if (refused.isGone() && !version.isEmpty()) {
        log.debug("{}: version {} has expired; listing again", report.part(), version);
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

  /** Failures here have no effect; the next try reports what is wrong. */
  private void lookIntoGap() {
    try {
      gap.look();
    } catch (Throwable e) {
      log.debug("{}: could not look for new objects", report.part(), e);
    }
  }

  /**
   * Whether the server may not accept the version or not have reached it, because it was restored
   * from a backup.
   */
  private static boolean isBadVersion(ApiException e) {
    return e.code() == 400
        || (e.code() == 504 && String.valueOf(e.getMessage()).contains("resource version"));
  }

  /** Returns a random timeout, so that the watches of many clients do not end at the same time. */
  private int timeoutSeconds() {
    double seconds = options.minWatchTimeout().toMillis() / 1000.0;
    return (int) Math.ceil(seconds * (1 + options.random().nextDouble()));
  }

  /**
   * Runs a streaming list, and the watch that follows it in the same stream.
   *
   * @return false if there was no watch, because the list was read in pages
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
      log.debug("{}: no streaming list ({}); listing by pages", report.part(), e.getMessage());
      list();
      streams.set(false); // The list succeeded, so the server rejected only the streaming.
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
   * Lists in pages. If the continue token expires, it starts again, the second time without pages,
   * because on a busy server pages could expire every time.
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
        log.debug("{}: the list expired before it was complete; starting again", report.part());
      }
    }
  }

  /**
   * Records that a list is complete.
   *
   * @param newest the newest version in the list, if known; used if the version of the list is
   *     unusable
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
    report
        .listed(); // Must be first: threads that wait for the list must not find a failure that is
    // over.
    sink.listed();
  }

  /**
   * Whether version {@code b} may follow {@code a}: a number is not followed by a smaller number,
   * or by no version.
   */
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
    private boolean
        heard; // whether anything was received, so that the server has accepted the watch
    private String newest = ""; // used during a list, because its objects have no order

    /** {@code listing}: whether the watch begins with the current state. */
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

  /** Ends the thread and its current request. */
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
