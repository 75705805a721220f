package io.promdisco.providers.kubernetes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.TargetSink;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Nouns;
import io.promdisco.util.RateLimitedLog;
import io.promdisco.util.Ticker;
import io.promdisco.workqueue.WorkQueue;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/**
 * The groups of a discoverer that need too much memory. Their last targets stay, other groups are
 * not affected, and each is retried at intervals. Safe for all threads.
 */
final class RefusedGroups {
  private static final Logger log = EscapingLogger.of(RefusedGroups.class);
  static final Duration PAUSE = Duration.ofMinutes(1);

  /** The part of the source that fails. */
  static final String PART = "groups";

  private final TargetSink sink;
  private final WorkQueue<ObjectKey> queue;
  private final RateLimitedLog warnings;

  @GuardedBy("this")
  private final Set<ObjectKey> refused = new HashSet<>();

  private volatile boolean isAny; // written under the lock

  RefusedGroups(String provider, TargetSink sink, WorkQueue<ObjectKey> queue, Ticker ticker) {
    this.sink = sink;
    this.queue = queue;
    warnings = new RateLimitedLog(ticker::nanos, line -> log.warn("{}: {}", provider, line));
  }

  /** Reports that the group {@code source} cannot be built, and retries it later. */
  synchronized void add(ObjectKey key, String source, String reason) {
    refused.add(key);
    isAny = true;
    int others = refused.size() - 1;
    String message =
        source
            + ": "
            + reason
            + "; its last targets stay"
            + (others == 0 ? "" : " (and " + Nouns.count(others, "other group") + ")");
    warnings.log(message);
    sink.failing(PART, message, PAUSE);
    queue.addAfter(key, PAUSE);
  }

  /** Records that the group was built or no longer exists. */
  void remove(ObjectKey key) {
    if (isAny) {
      synchronized (this) {
        if (refused.remove(key) && refused.isEmpty()) {
          isAny = false;
          sink.recovered(PART);
        }
      }
    }
  }
}
