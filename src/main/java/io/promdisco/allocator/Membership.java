package io.promdisco.allocator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Collector;
import io.promdisco.util.EscapingLogger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Decides which collectors take targets.
 *
 * <p>A collector joins when its pod is Ready, or when it asks and its pod exists. It leaves when
 * its pod has been deleted or has ended, or when the pod is not Ready for longer than the grace
 * period and has not asked for two refresh intervals. Joins within 5 s count as one, and a pod that
 * is replaced under its name within that time does not leave.
 *
 * <p>Safe for all threads.
 */
final class Membership {
  /** How long joins are collected, and how long a deleted pod may be missing. */
  static final Duration SETTLE = Duration.ofSeconds(5);

  /** The refresh interval of a collector that announces none. */
  static final Duration REFRESH = Duration.ofSeconds(30);

  /**
   * The longest refresh interval that counts: any client can speak for a collector, and what it
   * announces delays the moves of its targets.
   */
  static final Duration LONGEST_REFRESH = Duration.ofMinutes(5);

  private static final Duration FORGET = Duration.ofMinutes(10);
  private static final Logger log = EscapingLogger.of(Membership.class);

  private final LongSupplier nanos;
  private final Allocation.Strategy strategy;
  private final Duration grace;

  @GuardedBy("this")
  private final Map<String, Seen> seen = new TreeMap<>();

  @GuardedBy("this")
  private Allocation allocation;

  @GuardedBy("this")
  private boolean synced;

  /** When time alone changes something. */
  @GuardedBy("this")
  private long nextLook;

  /** What a collector is to the allocator. */
  public enum State {
    /** It has a share. */
    MEMBER,
    /** Its pod exists; it gets a share in a moment. */
    JOINING,
    /** There is no such collector. */
    UNKNOWN
  }

  /** What is known of a collector. */
  private static final class Seen {
    private Collector collector;
    private boolean exists;
    private boolean ready;
    private boolean member;
    private boolean asks; // since the pod exists
    private long asked;
    private long changed; // when the pod became what it is: gone, Ready, or not Ready
    private long waits; // since when it could join; valid while it is no member and wants to
    private boolean waiting;
    private Duration refresh = REFRESH;

    Seen(Collector collector) {
      this.collector = collector;
    }

    boolean wantsToJoin() {
      return !member && exists && (ready || asks);
    }

    /** Nanoseconds until a member leaves; at most 0: now; {@code Long.MAX_VALUE}: it stays. */
    long leavesIn(Duration grace, long now) {
      if (!exists) {
        return changed + SETTLE.toNanos() - now;
      }
      if (ready) {
        return Long.MAX_VALUE;
      }
      long left = changed + grace.toNanos() - now;
      return asks ? Math.max(left, asked + 2 * refresh.toNanos() - now) : left;
    }
  }

  /**
   * Knows no collector yet.
   *
   * @param grace how long a pod may be not Ready
   */
  Membership(Allocation.Strategy strategy, Duration grace, LongSupplier nanos) {
    this.nanos = nanos;
    this.strategy = strategy;
    this.grace = grace;
    allocation = new Allocation(strategy, List.of());
  }

  /** A fixed list of collectors. */
  static Membership of(Allocation.Strategy strategy, List<String> names, LongSupplier nanos) {
    Membership fixed = new Membership(strategy, Duration.ZERO, nanos);
    names.forEach(name -> fixed.found(new Collector(name, ""), true));
    fixed.synced();
    return fixed;
  }

  /** A pod exists, or has changed. */
  synchronized void found(Collector collector, boolean ready) {
    Seen known = seen.computeIfAbsent(collector.name(), name -> new Seen(collector));
    if (!known.exists || known.ready != ready) {
      // A pod that takes the place of another is not Ready since that one was deleted.
      known.changed = known.exists || !known.member ? nanos.getAsLong() : known.changed;
      known.asks &= known.exists;
    }
    boolean moved = known.member && !known.collector.equals(collector);
    known.collector = collector;
    known.exists = true;
    known.ready = ready;
    note(known, moved ? 0 : Long.MAX_VALUE);
  }

  /** A pod is gone, or has ended. */
  synchronized void lost(String name) {
    Seen known = seen.get(name);
    if (known != null && known.exists) {
      known.exists = false;
      known.ready = false;
      known.asks = false;
      known.changed = nanos.getAsLong();
      note(known, Long.MAX_VALUE);
    }
  }

  /** Notes from when on a collector could join, and when to look at all of them. */
  @GuardedBy("this")
  private void note(Seen each, long lookIn) {
    long now = nanos.getAsLong();
    boolean wants = each.wantsToJoin();
    each.waits = each.waiting ? each.waits : now;
    each.waiting = wants;
    long in = lookIn;
    if (wants) {
      boolean first = allocation.collectors().isEmpty();
      in = Math.min(in, first ? 0 : each.waits + SETTLE.toNanos() - now);
    } else if (each.member) {
      in = Math.min(in, each.leavesIn(grace, now));
    }
    if (in != Long.MAX_VALUE && now + in - nextLook < 0) {
      nextLook = now + in;
    }
  }

  /** All collectors of the start are known. */
  synchronized void synced() {
    synced = true;
    look(nanos.getAsLong());
  }

  synchronized boolean isSynced() {
    return synced;
  }

  /**
   * Notes that a collector asks.
   *
   * @param refresh how often it asks; zero: unknown
   */
  synchronized State asked(String name, Duration refresh) {
    Seen known = seen.get(name);
    if (known == null || (!known.exists && !known.member)) {
      return State.UNKNOWN;
    }
    known.asked = nanos.getAsLong();
    if (!refresh.isZero()) {
      known.refresh = refresh.compareTo(LONGEST_REFRESH) > 0 ? LONGEST_REFRESH : refresh;
    }
    if (!known.asks) {
      known.asks = known.exists;
      note(known, Long.MAX_VALUE);
    }
    return allocation().has(name) ? State.MEMBER : State.JOINING;
  }

  /** How often a collector asks. */
  synchronized Duration refresh(String name) {
    Seen known = seen.get(name);
    return known == null ? REFRESH : known.refresh;
  }

  /** Number of collectors whose pods exist. */
  synchronized long discovered() {
    return seen.values().stream().filter(each -> each.exists).count();
  }

  /** The collectors that take targets now; the same object while they are the same. */
  synchronized Allocation allocation() {
    long now = nanos.getAsLong();
    if (synced && nextLook - now <= 0) {
      look(now);
    }
    return allocation;
  }

  /** Looks who joins and who leaves, and when to look again. */
  @GuardedBy("this")
  private void look(long now) {
    boolean atOnce = allocation.collectors().isEmpty();
    long next = Long.MAX_VALUE;
    long oldest = now;
    boolean waiting = false;
    List<String> left = new ArrayList<>();
    for (Seen each : seen.values()) {
      if (each.member) {
        long leaves = each.leavesIn(grace, now);
        if (leaves <= 0) {
          each.member = false;
          each.asks = false;
          left.add(each.collector.name());
        } else {
          next = Math.min(next, leaves);
        }
      }
      waiting |= each.waiting;
      oldest = each.waiting && each.waits - oldest < 0 ? each.waits : oldest;
    }
    List<String> joined = new ArrayList<>();
    if (waiting && (atOnce || now - oldest >= SETTLE.toNanos())) {
      for (Seen each : seen.values()) {
        if (each.waiting) {
          each.waiting = false;
          each.member = true;
          joined.add(each.collector.name());
          next = Math.min(next, Math.max(1, each.leavesIn(grace, now)));
        }
      }
    } else if (waiting) {
      next = Math.min(next, oldest + SETTLE.toNanos() - now);
    }
    seen.values()
        .removeIf(each -> !each.exists && !each.member && now - each.changed > FORGET.toNanos());
    nextLook = next == Long.MAX_VALUE ? now + FORGET.toNanos() : now + next;
    take(joined, left);
  }

  @GuardedBy("this")
  private void take(List<String> joined, List<String> left) {
    List<Collector> members =
        seen.values().stream().filter(each -> each.member).map(each -> each.collector).toList();
    if (!joined.isEmpty() || !left.isEmpty()) {
      log.info("collectors: {} now, joined: {}, left: {}", members.size(), joined, left);
    }
    if (!members.equals(List.copyOf(allocation.collectors()))) {
      allocation = new Allocation(strategy, members);
    }
  }
}
