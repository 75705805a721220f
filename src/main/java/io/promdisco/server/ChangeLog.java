package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.JobStatus;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The latest changes of targets and of the completeness of jobs, of all jobs, numbered from 1. All
 * streams read from it, so a slow stream needs no extra memory. Changes keep removed targets in
 * memory. If that is too much, their content is discarded, first for the job with the largest
 * amount. Safe for all threads.
 */
final class ChangeLog {
  private final String epoch;
  private final @Nullable StreamEvent[] ring;
  private final long mostBytes;

  @GuardedBy("this")
  private long newest;

  /** The changes of each job that are still stored, the oldest first. */
  @GuardedBy("this")
  private final Map<String, OfJob> jobs = new HashMap<>();

  @GuardedBy("this")
  private long bytes;

  private static final class OfJob {
    private final Deque<StreamEvent> events = new ArrayDeque<>();

    /** The size of all changes but the latest of each job. */
    private long bytes;
  }

  ChangeLog(String epoch, int capacity) {
    this(epoch, capacity, Math.max(4 << 20, Runtime.getRuntime().maxMemory() / 32));
  }

  /**
   * Creates a log without changes.
   *
   * @param epoch distinguishes the ids of this log from those of an earlier process
   * @param capacity the number of changes that are stored
   * @param mostBytes the maximum size of the labels of the targets, not counting the latest change
   *     of each job; the encoded events, which clients share, may take as much again
   */
  ChangeLog(String epoch, int capacity, long mostBytes) {
    this.mostBytes = mostBytes;
    this.epoch = epoch;
    this.ring = new @Nullable StreamEvent[capacity];
  }

  /**
   * Appends the change of each target: additions first, so that a target that remains never seems
   * removed.
   */
  synchronized void append(TargetChange change) {
    change.added().forEach(target -> append(StreamEvent.Kind.ADDED, target, null));
    change.changed().forEach(c -> append(StreamEvent.Kind.CHANGED, c.after(), c.before()));
    change.removed().forEach(target -> append(StreamEvent.Kind.REMOVED, target, null));
  }

  /** Appends that a job has become complete or incomplete. */
  synchronized void append(JobStatus job) {
    put(StreamEvent.of(job, id(newest + 1)));
  }

  @GuardedBy("this")
  private void append(StreamEvent.Kind kind, Target target, @Nullable Target before) {
    put(StreamEvent.of(kind, target, before, id(newest + 1)));
  }

  @GuardedBy("this")
  private void put(StreamEvent event) {
    newest++;
    StreamEvent last = ring[place(newest)];
    if (last != null) {
      OfJob of = jobs.get(last.job());
      if (of != null && of.events.peekFirst() == last) {
        forgetOldest(last.job(), of);
      }
    }
    ring[place(newest)] = event;
    OfJob of = jobs.computeIfAbsent(event.job(), job -> new OfJob());
    StreamEvent latest = of.events.peekLast();
    if (latest != null) {
      of.bytes += latest.bytes();
      bytes += latest.bytes();
    }
    of.events.addLast(event);
    while (bytes > mostBytes) {
      Map.Entry<String, OfJob> most =
          Collections.max(jobs.entrySet(), Comparator.comparingLong(each -> each.getValue().bytes));
      forgetOldest(most.getKey(), most.getValue());
    }
  }

  @GuardedBy("this")
  private void forgetOldest(String job, OfJob of) {
    StreamEvent oldest = of.events.removeFirst();
    oldest.forget();
    if (of.events.isEmpty()) {
      jobs.remove(job);
    } else {
      of.bytes -= oldest.bytes();
      bytes -= oldest.bytes();
    }
  }

  private int place(long number) {
    return (int) (number % ring.length);
  }

  /** Returns the size of the stored changes, not counting the latest of each job. */
  synchronized long bytes() {
    return bytes;
  }

  /** The number of the latest change; 0 before the first. */
  synchronized long newest() {
    return newest;
  }

  /** Whether all changes after that number are still stored. */
  synchronized boolean reaches(long number) {
    return number <= newest && number >= newest - ring.length;
  }

  /** Returns at most {@code most} changes after a number; empty if some are no longer stored. */
  synchronized Optional<List<StreamEvent>> after(long number, int most) {
    if (!reaches(number)) {
      return Optional.empty();
    }
    List<StreamEvent> events = new ArrayList<>();
    for (long n = number + 1; n <= Math.min(newest, number + most); n++) {
      StreamEvent event = ring[place(n)];
      if (event != null) {
        events.add(event);
      }
    }
    return Optional.of(events);
  }

  /** Returns the id with which a client continues after that number. */
  String id(long number) {
    return epoch + "-" + number;
  }

  /**
   * Returns the number of an id; empty if the id is not from this log, or later changes are no
   * longer stored.
   */
  Optional<Long> number(String id) {
    String prefix = epoch + "-";
    String digits = id.startsWith(prefix) ? id.substring(prefix.length()) : "";
    if (!digits.matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(Long.parseLong(digits)).filter(this::reaches);
  }
}
