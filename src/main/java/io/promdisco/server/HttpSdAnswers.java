package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.JobStatus;
import io.promdisco.scrape.HttpSdDocument;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.RenderedDocument;
import io.promdisco.scrape.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The answers of HTTP service discovery. Each is made once per change of a job and shared by all
 * clients; requests that arrive meanwhile wait for it. Clients take an answer for the full list, so
 * only complete jobs have one, made from targets of a single configuration. A large answer is
 * reused for a second even if targets change, because making it again for each change would occupy
 * the processors, and clients ask every few seconds at most. Safe for all threads.
 */
final class HttpSdAnswers {
  /** Larger answers take tens of milliseconds to make. */
  private static final int LARGE_BYTES = 256 << 10;

  static final Duration LARGE_HOLDS = Duration.ofSeconds(1);

  private final LongSupplier nanos;
  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

  HttpSdAnswers(LongSupplier nanos) {
    this.nanos = nanos;
  }

  private record Key(String job, boolean relabeled) {}

  private static final class Entry {
    @GuardedBy("this")
    private long stamp = -1;

    @GuardedBy("this")
    private long revision = -1;

    @GuardedBy("this")
    private long made;

    /** Made again if it was collected because memory was short. */
    @GuardedBy("this")
    private SoftReference<@Nullable RenderedDocument> answer = new SoftReference<>(null);

    synchronized RenderedDocument of(PoolView pool, boolean relabeled, long sources, long time)
        throws IOException {
      long now =
          pool.revision(); // read before the targets, so that a later change has a later revision
      RenderedDocument known = stamp == sources ? answer.get() : null;
      if (known != null && (revision == now || (isLarge(known) && isRecent(time)))) {
        return known;
      }
      List<Target> targets = pool.activeTargets();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (relabeled) {
        HttpSdDocument.write(targets, out);
      } else {
        HttpSdDocument.writeDiscovered(targets, out);
      }
      RenderedDocument fresh = new RenderedDocument(out.toByteArray());
      answer = new SoftReference<>(fresh);
      stamp = sources;
      revision = now;
      made = time;
      return fresh;
    }

    private static boolean isLarge(RenderedDocument document) {
      return document.plain().length > LARGE_BYTES;
    }

    @GuardedBy("this")
    private boolean isRecent(long time) {
      return time - made < LARGE_HOLDS.toNanos();
    }
  }

  /**
   * Returns the current answer of a complete job.
   *
   * @throws RequestException if there is no such job, or if it is incomplete
   */
  RenderedDocument of(Backend backend, String job, boolean relabeled) throws IOException {
    JobStatus status = complete(backend, job);
    while (true) {
      PoolView pool = pool(backend, job);
      RenderedDocument answer =
          entries
              .computeIfAbsent(new Key(job, relabeled), key -> new Entry())
              .of(pool, relabeled, status.stamp(), nanos.getAsLong());
      JobStatus after = complete(backend, job);
      if (status.isCompleteUntil(after)) {
        return answer;
      }
      status =
          after; // The configuration changed meanwhile, so the answer may mix the old and the new
      // one.
    }
  }

  private JobStatus complete(Backend backend, String job) {
    JobStatus status = backend.job(job).orElseThrow(() -> unknown(backend.jobs(), job));
    if (!status.complete()) {
      throw Readiness.incomplete(status);
    }
    return status;
  }

  private RequestException unknown(List<JobStatus> jobs, String job) {
    Set<String> names = jobs.stream().map(JobStatus::job).collect(Collectors.toSet());
    entries.keySet().removeIf(key -> !names.contains(key.job()));
    return Readiness.unknown(job);
  }

  private PoolView pool(Backend backend, String job) {
    for (PoolView pool : backend.pools()) {
      if (pool.job().equals(job)) {
        return pool;
      }
    }
    String name = complete(backend, job).job(); // The job may have been removed meanwhile.
    throw RequestException.unavailable("job " + name + ": its targets are changing", 1);
  }
}
