package io.promdisco.server;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.JobStatus;
import io.promdisco.scrape.TargetChange;
import io.promdisco.server.access.ClientAddress;
import io.promdisco.server.access.ServerLimits;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.RateLimitedLog;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * All streams of changes. The thread {@code sd-http-stream} writes new changes to each stream, as
 * much as its connection accepts. The server's threads write the rest when the connection accepts
 * more. So a client needs a connection but no thread, and changes at the same time are sent
 * together.
 *
 * <p>Safe for all threads.
 */
final class StreamHub implements AutoCloseable {
  private static final Logger logger = EscapingLogger.of(StreamHub.class);

  /** The time after which a stream without changes sends a sign of life. */
  static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** Seconds after which a client may retry if there are too many streams. */
  private static final int RETRY_AFTER = 10;

  private final Backend backend;
  private final ChangeLog log;
  private final StreamSnapshots snapshots;
  private final AnswerMemory memory = new AnswerMemory();
  private final StreamMetrics metrics;
  private final RateLimitedLog dropped;
  private final RateLimitedLog failures;
  private final int most;
  private final int mostPerClient;
  private final Set<TargetStream> streams = ConcurrentHashMap.newKeySet();

  @GuardedBy("places")
  private final Multiset<ClientAddress> places = HashMultiset.create();

  /** The jobs by name, as last reported to the streams. */
  @GuardedBy("jobs")
  private final Map<String, JobStatus> jobs = new HashMap<>();

  @GuardedBy("this")
  private boolean news;

  @GuardedBy("this")
  private boolean heartbeat;

  @GuardedBy("this")
  private boolean closed;

  private final Ticker.Alarm alarm;

  /**
   * Creates the hub and starts its thread.
   *
   * @param limits the maximum number of streams
   * @param changes the number of changes that are stored
   */
  StreamHub(
      Backend backend, StreamMetrics metrics, Ticker ticker, ServerLimits limits, int changes) {
    this.backend = backend;
    this.metrics = metrics;
    dropped = new RateLimitedLog(ticker::nanos, logger::info);
    failures = new RateLimitedLog(ticker::nanos, logger::error);
    this.most = limits.streams();
    this.mostPerClient = limits.streamsPerClient();
    String epoch = HexFormat.of().toHexDigits(ticker.now().toEpochMilli()).substring(4);
    log = new ChangeLog(epoch, changes);
    snapshots = new StreamSnapshots(backend, log);
    backend.jobs().forEach(job -> jobs.put(job.job(), job));
    alarm = ticker.every(HEARTBEAT, this::sendHeartbeats);
    NamedThreads.start("sd-http-stream", this::run);
  }

  /** Adds a change. */
  void changed(TargetChange change) {
    log.append(change);
    metrics.changed(change);
    wake();
  }

  /** Reports jobs that have become complete or incomplete. */
  void jobsChanged() {
    synchronized (jobs) {
      List<JobStatus> now = backend.jobs();
      for (JobStatus job : now) {
        JobStatus before = jobs.put(job.job(), job);
        if (before == null
            || before.complete() != job.complete()
            || before.stamp() != job.stamp()) {
          log.append(job);
        }
      }
      jobs.keySet().retainAll(now.stream().map(JobStatus::job).collect(Collectors.toSet()));
    }
    wake();
  }

  private synchronized void wake() {
    news = true;
    notifyAll();
  }

  private synchronized void sendHeartbeats() {
    heartbeat = true;
    notifyAll();
  }

  /**
   * Reserves a place for a stream; {@link #release} returns it.
   *
   * @throws RequestException if all places are taken
   */
  void reserve(ClientAddress client) {
    synchronized (places) {
      boolean isFull = places.size() >= most;
      if (!isFull && places.count(client) < mostPerClient) {
        places.add(client);
        return;
      }
      metrics.refused();
      throw isFull
          ? RequestException.unavailable(
              "there are "
                  + most
                  + " streams already (expected: fewer; try again when one has ended)",
              RETRY_AFTER)
          : new RequestException(
              429,
              "this client has "
                  + mostPerClient
                  + " streams already (expected: fewer, or a higher serve"
                  + " --web.max-streams-per-client)",
              RETRY_AFTER);
    }
  }

  /** Returns a place for which no stream was created. */
  void release(ClientAddress client) {
    synchronized (places) {
      places.remove(client);
    }
  }

  /**
   * Checks that a snapshot of one job is possible.
   *
   * @throws RequestException if there is no such job, or if it is incomplete
   */
  void requireComplete(String job) {
    JobStatus status = backend.job(job).orElseThrow(() -> Readiness.unknown(job));
    if (!status.complete()) {
      throw Readiness.incomplete(status);
    }
  }

  StreamSource source(StreamRequest request) {
    return new StreamSource(log, snapshots, memory, request);
  }

  /** Starts a stream for which a place is reserved. It ends immediately if the hub is closed. */
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

  /** Removes a stream and returns its place. Does nothing when called again. */
  void ended(TargetStream stream, ClientAddress client) {
    if (streams.remove(stream)) {
      release(client);
      count();
    }
  }

  private void count() {
    synchronized (streams) { // otherwise an older number could replace a newer one
      metrics.readers(streams.size());
    }
  }

  /** Returns the number of streams. */
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
          dropped.log("closed a stream of changes: the client reads too slowly");
        } else if (beat) {
          stream.heartbeat();
        }
      } catch (RuntimeException | OutOfMemoryError e) {
        failures.log("closed a stream of changes: it failed", line -> logger.error("{}", line, e));
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
