package io.promdisco.scrape;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes that one listener has not received yet, in the order of their arrival. A change to a
 * target that another waiting change also affects is merged with all waiting changes of its job. So
 * at most one entry waits for each distinct target that the listener knows or should know.
 *
 * <p>Any number of threads add changes and wait; one thread takes them.
 */
final class ListenerQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** the oldest first */
  @GuardedBy("lock")
  private final Set<PendingChange> waiting = new LinkedHashSet<>();

  /** The waiting changes by job, for jobs that have some. */
  @GuardedBy("lock")
  private final Map<String, JobChanges> byJob = new HashMap<>();

  /** The number of changes added so far. */
  @GuardedBy("lock")
  private long puts;

  /**
   * The number of the change after which the initial state is complete; -1 while it is not known.
   */
  @GuardedBy("lock")
  private long initialStateAt = -1;

  @GuardedBy("lock")
  private boolean toldInitialState;

  /** The number of the oldest change in the current delivery; 0 if there is none. */
  @GuardedBy("lock")
  private long underWay;

  @GuardedBy("lock")
  private boolean underWayIsInitialState;

  @GuardedBy("lock")
  private int size;

  @GuardedBy("lock")
  private State state = State.OPEN;

  private enum State {
    OPEN,
    /** Accepts no changes; delivers the waiting ones. */
    DRAINING,
    CLOSED
  }

  /**
   * The next call of the listener.
   *
   * @param change null if the initial state is complete
   */
  record Delivery(@Nullable TargetChange change) {}

  /**
   * The effect of a change on the queue.
   *
   * @param grownBy number of additions and removals that wait in addition to those before; may be
   *     negative
   * @param cancelled pairs of an addition and a removal that cancelled each other out
   */
  record PutResult(int grownBy, long cancelled) {}

  /** Adds a change without blocking. Drops it if the queue is draining or closed. */
  PutResult put(TargetChange change) {
    lock.lock();
    try {
      if (state != State.OPEN) {
        return new PutResult(0, 0);
      }
      puts++;
      int before = size;
      long cancelled = 0;
      JobChanges ofJob = byJob.computeIfAbsent(change.job(), job -> new JobChanges());
      if (ofJob.touches(change)) {
        cancelled = merge(ofJob, change);
      } else {
        PendingChange added = new PendingChange(puts, change);
        waiting.add(added);
        ofJob.add(added);
        size += added.size();
      }
      changed.signalAll();
      return new PutResult(size - before, cancelled);
    } finally {
      lock.unlock();
    }
  }

  /** Merges a change, and all waiting changes of its job, into the oldest of them. */
  @GuardedBy("lock")
  private long merge(JobChanges ofJob, TargetChange change) {
    PendingChange oldest = ofJob.waiting.removeFirst();
    size -= oldest.size();
    long cancelled = 0;
    for (PendingChange later : ofJob.waiting) {
      waiting.remove(later);
      size -= later.size();
      cancelled += oldest.merge(later.toChange());
    }
    ofJob.waiting.clear();
    cancelled += oldest.merge(change);
    if (oldest.size() == 0) {
      waiting.remove(oldest);
      byJob.remove(change.job());
    } else {
      ofJob.become(oldest);
      size += oldest.size();
    }
    return cancelled;
  }

  @GuardedBy("lock")
  private TargetChange remove(PendingChange oldest) {
    waiting.remove(oldest);
    size -= oldest.size();
    TargetChange change = oldest.toChange();
    JobChanges ofJob = byJob.get(change.job());
    if (ofJob != null && ofJob.removeOldest()) {
      byJob.remove(change.job());
    }
    return change;
  }

  /** Marks the end of the initial state. Only the first call counts. */
  void completeInitialState() {
    lock.lock();
    try {
      if (state == State.OPEN && initialStateAt < 0) {
        initialStateAt = puts;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next delivery and returns it. {@link #delivered} must be called before the next
   * call. Interrupts are ignored; only closing ends the wait.
   *
   * @return null if the queue is closed, or draining and empty
   */
  @Nullable Delivery take() {
    lock.lock();
    try {
      while (state != State.CLOSED) {
        PendingChange next = oldest();
        if (initialStateAt >= 0
            && !toldInitialState
            && (next == null || next.first > initialStateAt)) {
          underWayIsInitialState = true;
          return new Delivery(null);
        }
        if (next != null) {
          underWay = next.first;
          return new Delivery(remove(next));
        }
        if (state == State.DRAINING) {
          break;
        }
        changed.awaitUninterruptibly();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Records that the listener has received the last delivery. */
  void delivered() {
    lock.lock();
    try {
      underWay = 0;
      toldInitialState |= underWayIsInitialState;
      underWayIsInitialState = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The number of waiting additions and removals; a changed target counts as both. */
  int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the listener has received the initial state and everything that was added before
   * this call.
   *
   * @param deadline a time of {@link System#nanoTime}
   * @return false after the deadline; true if the queue was closed
   */
  boolean awaitDelivered(long deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long upTo = puts;
      while (state != State.CLOSED && !(toldInitialState && isDelivered(upTo))) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean isDelivered(long upTo) {
    if (underWay != 0 && underWay <= upTo) {
      return false;
    }
    PendingChange oldest = oldest();
    return oldest == null || oldest.first > upTo;
  }

  @GuardedBy("lock")
  private @Nullable PendingChange oldest() {
    Iterator<PendingChange> each = waiting.iterator();
    return each.hasNext() ? each.next() : null;
  }

  /** Stops accepting changes; waiting ones are still delivered. */
  void drain() {
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.DRAINING;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops accepting and delivering changes.
   *
   * @return the dropped changes, and whether a call of the listener is running
   */
  Dropped close() {
    lock.lock();
    try {
      int added = 0;
      int modified = 0;
      int removed = 0;
      for (PendingChange left : waiting) {
        TargetChange change = left.toChange();
        added += change.added().size();
        modified += change.changed().size();
        removed += change.removed().size();
      }
      waiting.clear();
      byJob.clear();
      size = 0;
      state = State.CLOSED;
      changed.signalAll();
      return new Dropped(added, modified, removed, underWay != 0 || underWayIsInitialState);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The changes that a listener did not receive.
   *
   * @param added number of additions
   * @param changed number of changes
   * @param removed number of removals
   * @param busy whether a call of the listener is running
   */
  record Dropped(int added, int changed, int removed, boolean busy) {
    boolean isNothing() {
      return added == 0 && changed == 0 && removed == 0 && !busy;
    }
  }

  /** Returns the deadline after {@code time}. */
  static long deadline(Duration time) {
    return System.nanoTime() + time.toNanos();
  }

  /** The waiting changes of one job. At most one of them affects each target. */
  private static final class JobChanges {
    /** The oldest first; only the oldest may be a merged one. */
    private final ArrayDeque<PendingChange> waiting = new ArrayDeque<>(2);

    /** The hashes of the targets that single changes affect; null if not collected yet. */
    private @Nullable Set<Long> touched;

    boolean touches(TargetChange change) {
      PendingChange oldest = waiting.peek();
      if (oldest == null) {
        return false;
      }
      NetChange merged = oldest.merged;
      Set<Long> singles = touched;
      if (singles == null) {
        singles = new HashSet<>();
        for (PendingChange one : waiting) {
          collect(one, singles);
        }
        touched = singles;
      }
      Set<Long> hashes = singles;
      boolean[] found = {false};
      forEachTarget(
          change,
          target ->
              found[0] |=
                  hashes.contains(target.hash()) || (merged != null && merged.touches(target)));
      return found[0];
    }

    private static void collect(PendingChange one, Set<Long> hashes) {
      TargetChange single = one.single;
      if (single != null) {
        forEachTarget(single, target -> hashes.add(target.hash()));
      }
    }

    void add(PendingChange added) {
      waiting.add(added);
      if (touched != null) {
        collect(added, touched);
      }
    }

    /** Replaces all changes by the merged one. */
    void become(PendingChange merged) {
      waiting.add(merged);
      touched = null;
    }

    /** Removes the oldest change; returns whether none is left. */
    boolean removeOldest() {
      TargetChange single = waiting.removeFirst().single;
      Set<Long> hashes = touched;
      if (hashes != null && single != null) {
        forEachTarget(single, target -> hashes.remove(target.hash()));
      }
      return waiting.isEmpty();
    }

    private static void forEachTarget(TargetChange change, Consumer<Target> action) {
      change.removed().forEach(action);
      for (TargetChange.Changed both : change.changed()) {
        action.accept(both.before());
        action.accept(both.after());
      }
      change.added().forEach(action);
    }
  }

  /** A waiting change: a single one, or several merged. */
  private static final class PendingChange {
    private final long first;
    private final String job;
    private @Nullable TargetChange single;
    private @Nullable NetChange merged;

    PendingChange(long first, TargetChange change) {
      this.first = first;
      this.job = change.job();
      this.single = change;
    }

    /** Adds a change; returns the number of pairs that cancelled each other out. */
    long merge(TargetChange change) {
      NetChange sum = merged;
      if (sum == null) {
        sum = new NetChange();
        if (single != null) {
          sum.add(single);
        }
        merged = sum;
        single = null;
      }
      long before = sum.cancelled();
      sum.add(change);
      return sum.cancelled() - before;
    }

    int size() {
      if (merged != null) {
        return merged.size();
      }
      return single == null
          ? 0
          : single.added().size() + 2 * single.changed().size() + single.removed().size();
    }

    TargetChange toChange() {
      if (merged != null) {
        return merged.toChange(job);
      }
      if (single == null) {
        throw new IllegalStateException(job + ": neither a single change nor merged ones");
      }
      return single;
    }
  }
}
