package io.promdisco.providers.refresh;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.TargetSink;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One source of a {@link RefreshLoop}: a timer starts a refresh, and the end of the refresh sets
 * the next timer. The sink is called under this object's monitor, so that it gets no call after
 * close.
 */
final class PolledSource implements Discoverer {
  private static final Logger log = EscapingLogger.of(PolledSource.class);
  private static final Duration IF_ZERO = Duration.ofMinutes(1);

  /** The minimum pause that a source may request after a failure. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /**
   * A source that exceeds the memory limit is refreshed again after this many times the duration of
   * the refresh.
   */
  private static final int REST_OF_TOO_LARGE = 10;

  /**
   * The minimum pause of a source is this fraction of its interval, or {@link #SHORTEST} if that is
   * less.
   */
  private static final int LEAST_REST = 10;

  private final RefreshLoop loop;
  private final String mechanism;
  private final String provider;
  private final String part;
  private final Duration interval;
  private final Refresher refresher;

  @GuardedBy("this")
  private final KnownGroups known = new KnownGroups();

  @GuardedBy("this")
  private final Set<String> down = new HashSet<>(); // the failing parts

  /** Parts that have failed in every refresh; null before the first one with a result. */
  @GuardedBy("this")
  private @Nullable Set<String> unread;

  @GuardedBy("this")
  private boolean first = true;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private @Nullable Thread looking;

  @GuardedBy("this")
  private Ticker.Alarm alarm = () -> {};

  PolledSource(
      RefreshLoop loop,
      String mechanism,
      String provider,
      String part,
      Duration interval,
      Refresher refresher) {
    this.loop = loop;
    this.mechanism = mechanism;
    this.provider = provider;
    this.part = part;
    this.interval = interval.isZero() || interval.isNegative() ? IF_ZERO : interval;
    this.refresher = refresher;
  }

  @Override
  public void start(TargetSink sink) {
    loop.begin(mechanism, sink.job());
    loop.run(() -> refresh(sink));
  }

  private void refresh(TargetSink sink) {
    synchronized (this) {
      if (closed) {
        return;
      }
      looking = Thread.currentThread();
    }
    long begin = loop.ticker().nanos();
    Outcome outcome = ask();
    long end = loop.ticker().nanos();
    synchronized (this) {
      looking = null;
      if (!closed) {
        loop.refreshed(mechanism, sink.job(), end - begin);
        Duration pause = pause(outcome, end - begin);
        try {
          tell(sink, outcome, pause);
        } catch (Throwable e) { // No error ends a source, not even OutOfMemoryError.
          loop.failed(mechanism, sink.job());
          failed(sink, e, pause);
        } finally {
          first = false;
          alarm = loop.ticker().schedule(pause, () -> refreshAgain(sink, pause));
        }
        return;
      }
    }
    Thread.interrupted(); // The interrupt was for the refresh, which is over.
    refresher.close();
  }

  private void refreshAgain(TargetSink sink, Duration pause) {
    try {
      loop.run(() -> refresh(sink));
    } catch (Error e) { // Perhaps no thread can be started now.
      synchronized (this) {
        if (!closed) {
          alarm = loop.ticker().schedule(pause, () -> refreshAgain(sink, pause));
        }
      }
      log.error("{}: {}: cannot be refreshed now", provider, part, e);
    }
  }

  /** The result of a refresh. */
  private sealed interface Outcome {
    record Found(RefreshResult refreshed) implements Outcome {}

    record Failed(Throwable reason) implements Outcome {}
  }

  /** A source continues after any exception, because the next refresh may succeed. */
  private Outcome ask() {
    try {
      return new Outcome.Found(refresher.refresh());
    } catch (Throwable e) {
      return new Outcome.Failed(e);
    }
  }

  @GuardedBy("this")
  private Duration pause(Outcome outcome, long took) {
    if (outcome instanceof Outcome.Found found && found.refreshed().nextAfter().isPresent()) {
      return found.refreshed().nextAfter().get();
    }
    if (outcome instanceof Outcome.Failed failed
        && failed.reason() instanceof RetryLaterException later) {
      Duration asked = later.pause().compareTo(SHORTEST) < 0 ? SHORTEST : later.pause();
      return asked.compareTo(interval) < 0 ? asked : interval;
    }
    if (outcome instanceof Outcome.Failed failed
        && failed.reason() instanceof SourceMemory.ExceededException) {
      Duration rest = Duration.ofNanos(REST_OF_TOO_LARGE * took);
      return rest.compareTo(interval) < 0 ? interval : rest;
    }
    Duration whole = first ? loop.firstPause(interval) : interval;
    Duration left = whole.minusNanos(took);
    Duration tenth = interval.dividedBy(LEAST_REST);
    Duration least = tenth.compareTo(SHORTEST) < 0 ? tenth : SHORTEST;
    return left.compareTo(least) < 0 ? least : left;
  }

  @GuardedBy("this")
  private void tell(TargetSink sink, Outcome outcome, Duration pause) {
    if (outcome instanceof Outcome.Failed failed) {
      loop.failed(mechanism, sink.job());
      failed(sink, failed.reason(), pause);
    } else if (outcome instanceof Outcome.Found found) {
      found(sink, found.refreshed(), pause);
    }
  }

  @GuardedBy("this")
  private void failed(TargetSink sink, Throwable e, Duration pause) {
    for (String other : List.copyOf(down)) {
      if (!other.equals(part)) { // It fails with the whole source, which is reported below.
        down.remove(other);
        sink.recovered(other);
      }
    }
    if (e instanceof IOException && e.getMessage() != null) {
      down(sink, part, e.getMessage(), pause);
      return;
    }
    if (!down.contains(part)) {
      log.error("{}: {}: the refresh failed unexpectedly", provider, part, e);
    }
    down(sink, part, e.toString(), pause);
  }

  @GuardedBy("this")
  private void down(TargetSink sink, String what, String reason, Duration pause) {
    if (down.add(what)) {
      log.warn(
          "{}: {}: {}; known targets stay, next try in {} ms",
          provider,
          what,
          reason,
          pause.toMillis());
    }
    sink.failing(what, reason, pause);
  }

  @GuardedBy("this")
  private void found(TargetSink sink, RefreshResult refreshed, Duration pause) {
    List<TargetGroup> changed = known.replace(refreshed.groups());
    if (!changed.isEmpty()) {
      sink.update(changed);
    }
    for (String what : List.copyOf(down)) {
      if (!refreshed.failures().containsKey(what)) {
        down.remove(what);
        sink.recovered(what);
        log.info("{}: {}: works again", provider, what);
      }
    }
    refreshed.failures().forEach((what, reason) -> down(sink, what, reason, pause));
    if (unread == null) {
      unread = new HashSet<>(refreshed.failures().keySet());
    } else {
      unread.retainAll(refreshed.failures().keySet());
    }
    sink.syncedExcept(unread);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      alarm.cancel();
      if (looking != null) {
        looking.interrupt();
        return; // The running refresh closes the refresher when it ends.
      }
    }
    refresher.close();
  }
}
