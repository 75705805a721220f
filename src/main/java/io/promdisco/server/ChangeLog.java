package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.discovery.JobStatus;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The latest changes of targets, and of whether jobs are complete, numbered from 1, of all jobs.
 * All streams read from it, so that a slow one costs no memory. Safe for all threads.
 */
final class ChangeLog {
  private final String epoch;
  private final @Nullable StreamEvent[] ring;

  private final long mostBytes;

  @GuardedBy("this")
  private long newest;

  /** Bytes of the encoded events after {@code forgotten}. */
  private final AtomicLong bytes = new AtomicLong();

  /** The number of the last change whose encoded form has been discarded. */
  @GuardedBy("this")
  private long forgotten;

  ChangeLog(String epoch, int capacity) {
    this(epoch, capacity, Math.max(4 << 20, Runtime.getRuntime().maxMemory() / 32));
  }

  /**
   * Begins without changes.
   *
   * @param epoch tells this log's ids from those of a process before
   * @param capacity how many changes are remembered
   * @param mostBytes the limit for encoded events, which readers share
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
    int place = (int) (newest % ring.length);
    StreamEvent old = ring[place];
    if (old != null) {
      bytes.addAndGet(-old.drop());
    }
    ring[place] = event;
  }

  /** The encoded event; kept for other readers within the limit. */
  byte[] wire(StreamEvent event) {
    byte[] wire = event.wire(bytes::addAndGet);
    if (bytes.get() > mostBytes) {
      makeRoom();
    }
    return wire;
  }

  /** Discards the oldest encoded events, which most readers have received. */
  private synchronized void makeRoom() {
    forgotten = Math.max(forgotten, newest - ring.length);
    while (bytes.get() > mostBytes && forgotten < newest) {
      forgotten++;
      StreamEvent event = ring[(int) (forgotten % ring.length)];
      if (event != null) {
        bytes.addAndGet(-event.forgetWire());
      }
    }
    if (forgotten == newest) {
      forgotten = newest - ring.length; // from the oldest again, if readers that are behind ask
    }
  }

  /** The bytes of the encoded events that are kept. */
  long bytes() {
    return bytes.get();
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
      StreamEvent event = ring[(int) (n % ring.length)];
      if (event != null) {
        events.add(event);
      }
    }
    return Optional.of(events);
  }

  /** What a reader sends back to go on behind that number. */
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
