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
 * All streams of changes. One thread, {@code sd-http-stream}, writes what is new to each as far as
 * its connection accepts it; the server's threads write the rest when the connection accepts more.
 * So a reader costs a connection and no thread, and simultaneous changes are sent together.
 *
 * <p>Safe for all threads.
 */
final class StreamHub implements AutoCloseable {
  private static final Logger logger = EscapingLogger.of(StreamHub.class);

  /** How often a stream of which nothing is heard shows that it lives. */
  static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** Seconds after which a client that found no place may ask again. */
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

  /** The jobs by name, at the time of the last report to the streams. */
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
   * Starts its thread.
   *
   * @param limits how many streams there may be
   * @param changes how many changes are remembered
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

  /** Reports the jobs that have become complete or incomplete. */
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
   * Admits a stream within the limits; call {@link #release} when it ends.
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
              "there are " + most + " streams already (expected: one that ends)", RETRY_AFTER)
          : new RequestException(
              429,
              "this client has "
                  + mostPerClient
                  + " streams already (expected: one that ends, or serve"
                  + " --web.max-streams-per-client)",
              RETRY_AFTER);
    }
  }

  /** Gives a place back that no stream was made for. */
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
  void ended(TargetStream stream, ClientAddress client) {
    if (streams.remove(stream)) {
      release(client);
      count();
    }
  }

  private void count() {
    synchronized (streams) { // else an older number could be set after a newer one
      metrics.readers(streams.size());
    }
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
          dropped.log("a reader of the stream of changes is dropped: it is too slow");
        } else if (beat) {
          stream.heartbeat();
        }
      } catch (RuntimeException | OutOfMemoryError e) {
        failures.log(
            "a stream of changes: failed, and is ended", line -> logger.error("{}", line, e));
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
