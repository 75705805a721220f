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
 * The latest changes of targets, and of whether jobs are complete, numbered from 1, of all jobs.
 * All streams read from it, so that a slow one costs no memory. Changes keep targets that are gone
 * in memory: what they say is forgotten where that is too much, first of the job of which most is
 * kept. Safe for all threads.
 */
final class ChangeLog {
  private final String epoch;
  private final @Nullable StreamEvent[] ring;
  private final long mostBytes;

  @GuardedBy("this")
  private long newest;

  /** The changes of each job that are still kept, the oldest first. */
  @GuardedBy("this")
  private final Map<String, OfJob> jobs = new HashMap<>();

  @GuardedBy("this")
  private long bytes;

  private static final class OfJob {
    private final Deque<StreamEvent> events = new ArrayDeque<>();

    /** Of all but the latest. */
    private long bytes;
  }

  ChangeLog(String epoch, int capacity) {
    this(epoch, capacity, Math.max(4 << 20, Runtime.getRuntime().maxMemory() / 32));
  }

  /**
   * Begins without changes.
   *
   * @param epoch tells this log's ids from those of a process before
   * @param capacity how many changes are remembered
   * @param mostBytes what the labels of their targets take at most, the latest change of each job
   *     excepted; as much again may be kept of what is sent, so that readers share it
   */
  ChangeLog(String epoch, int capacity, long mostBytes) {
    this.mostBytes = mostBytes;
    this.epoch = epoch;
    this.ring = new @Nullable StreamEvent[capacity];
  }

  /** Appends each target's change: what comes first, so that what stays is at no time gone. */
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

  /** What the changes take that are not forgotten, the latest of each job excepted. */
  synchronized long bytes() {
    return bytes;
  }

  /** The number of the latest change; 0 before the first. */
  synchronized long newest() {
    return newest;
  }

  /** Whether all that came after that number is still here. */
  synchronized boolean reaches(long number) {
    return number <= newest && number >= newest - ring.length;
  }

  /** The changes after a number, {@code most} at most; nothing if some are gone. */
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

  /** The id that a reader sends to continue after that number. */
  String id(long number) {
    return epoch + "-" + number;
  }

  /** The number of an id; nothing if it is not of this log or what came after it is gone. */
  Optional<Long> number(String id) {
    String prefix = epoch + "-";
    String digits = id.startsWith(prefix) ? id.substring(prefix.length()) : "";
    if (!digits.matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(Long.parseLong(digits)).filter(this::reaches);
  }
}
