package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.TargetChange;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * All streams of changes. One thread, {@code sd-http-stream}, writes what is new to each as far as
 * its connection takes it; where one does not, the server's threads go on once it does. So a reader
 * costs a connection and no thread, and changes that come together leave together.
 *
 * <p>Safe for all threads.
 */
final class StreamHub implements AutoCloseable {
  private static final Logger logger = EscapingLogger.of(StreamHub.class);

  /** How often a stream of which nothing is heard shows that it lives. */
  static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final ChangeLog log;
  private final Snapshots snapshots;
  private final StreamMetrics metrics;
  private final Ticker ticker;
  private final int most;
  private final Set<TargetStream> streams = ConcurrentHashMap.newKeySet();
  private final AtomicInteger places = new AtomicInteger();

  @GuardedBy("this")
  private boolean news;

  @GuardedBy("this")
  private boolean heartbeat;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private Ticker.Alarm alarm;

  /**
   * Starts its thread.
   *
   * @param limits how many streams there may be, and how many changes are remembered
   */
  StreamHub(
      Supplier<List<PoolView>> pools,
      StreamMetrics metrics,
      Ticker ticker,
      LiveState.Limits limits) {
    this.metrics = metrics;
    this.ticker = ticker;
    this.most = limits.streams();
    String epoch = HexFormat.of().toHexDigits(ticker.now().toEpochMilli()).substring(4);
    log = new ChangeLog(epoch, limits.changes());
    snapshots = new Snapshots(pools, log);
    alarm = ticker.schedule(HEARTBEAT, this::beat);
    NamedThreads.start("sd-http-stream", this::run);
  }

  /** Takes note of a change. */
  void changed(TargetChange change) {
    log.append(change);
    metrics.changed(change);
    synchronized (this) {
      news = true;
      notifyAll();
    }
  }

  private synchronized void beat() {
    if (!closed) {
      heartbeat = true;
      notifyAll();
      alarm = ticker.schedule(HEARTBEAT, this::beat);
    }
  }

  /** Takes one of the places for streams; false if all are taken. To be given back by release. */
  boolean reserve() {
    if (places.incrementAndGet() <= most) {
      return true;
    }
    places.decrementAndGet();
    metrics.refused();
    return false;
  }

  /** Gives a place back that no stream was made for. */
  void release() {
    places.decrementAndGet();
  }

  StreamSource source(StreamRequest request) {
    return new StreamSource(log, snapshots, request);
  }

  /** Begins a stream, which has a place. It ends at once if the hub is closed. */
  void start(TargetStream stream) {
    streams.add(stream);
    count();
    stream.start();
    synchronized (this) {
      if (!closed) {
        return;
      }
    }
    stream.close();
  }

  /** Forgets a stream, and gives its place back. Does nothing when called again. */
  void ended(TargetStream stream) {
    if (streams.remove(stream)) {
      release();
      count();
    }
  }

  private void count() {
    synchronized (streams) { // else an older number could be set after a newer one
      metrics.readers(streams.size());
    }
  }

  /** How many streams there may be. */
  int most() {
    return most;
  }

  /** How many streams there are. */
  int size() {
    return streams.size();
  }

  private void run() {
    try {
      while (true) {
        boolean beat;
        synchronized (this) {
          while (!news && !heartbeat && !closed) {
            wait();
          }
          if (closed) {
            return;
          }
          beat = heartbeat;
          news = false;
          heartbeat = false;
        }
        tell(beat);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(boolean beat) {
    for (TargetStream stream : streams) {
      try {
        if (stream.pump()) {
          metrics.cut();
          logger.info("a reader of the stream of changes is dropped: it is too slow");
        } else if (beat) {
          stream.heartbeat();
        }
      } catch (RuntimeException e) {
        logger.error("a stream of changes: failed, and is ended", e);
        stream.failed(e);
      }
    }
  }

  /** Ends all streams and the thread. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      alarm.cancel();
      notifyAll();
    }
    streams.forEach(TargetStream::close);
  }
}
