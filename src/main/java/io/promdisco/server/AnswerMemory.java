package io.promdisco.server;

import com.google.common.base.Equivalence;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts the memory of unread answers: documents and lists of targets, which answers share while
 * nothing changes. If they exceed an eighth of the heap, it closes the answers with the oldest
 * documents, because their readers are the slowest. Safe for all threads.
 */
final class AnswerMemory {
  /** Smaller objects are not counted, because connections limit the number of answers. */
  private static final int SMALL_BYTES = 64 << 10;

  /** An answer that keeps objects in memory. */
  interface Holder {
    /** Closes the answer, which releases its memory. */
    void cut(Throwable cause);
  }

  private final long most;

  @GuardedBy("this")
  private final Map<Equivalence.Wrapper<Object>, Holding> held = new LinkedHashMap<>();

  @GuardedBy("this")
  private long total;

  private record Holding(long bytes, Set<Holder> by) {
    static Holding of(long bytes) {
      return new Holding(bytes, Collections.newSetFromMap(new IdentityHashMap<>()));
    }
  }

  AnswerMemory() {
    this(Math.max(8 << 20, Runtime.getRuntime().maxMemory() / 8));
  }

  /**
   * Creates a counter.
   *
   * @param most the limit in bytes; a single answer may exceed it
   */
  AnswerMemory(long most) {
    this.most = most;
  }

  /**
   * Records that an answer keeps an object in memory, and closes other answers beyond the limit.
   * May be called again for an object that has grown.
   */
  void hold(Holder answer, Object thing, long bytes) {
    if (bytes >= SMALL_BYTES) {
      note(answer, Equivalence.identity().wrap(thing), bytes)
          .forEach(each -> each.cut(new IOException("too much memory is used for slow readers")));
    }
  }

  private synchronized Set<Holder> note(
      Holder answer, Equivalence.Wrapper<Object> thing, long bytes) {
    Holding known = held.get(thing);
    if (known == null) {
      known = Holding.of(bytes);
      held.put(thing, known);
      total += bytes;
    } else if (known.bytes() < bytes) {
      total += bytes - known.bytes();
      known = new Holding(bytes, known.by());
      held.put(thing, known);
    }
    known.by().add(answer);
    Set<Holder> cut = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Holding> oldestFirst = new ArrayList<>(held.values());
    for (Iterator<Holding> all = oldestFirst.iterator(); total > most && all.hasNext(); ) {
      Holding oldest = all.next();
      if (!oldest.by().contains(answer)) {
        cut.addAll(oldest.by());
        List.copyOf(oldest.by()).forEach(this::release);
      }
    }
    return cut;
  }

  /** Records that an answer has ended. */
  synchronized void release(Holder answer) {
    for (Iterator<Holding> all = held.values().iterator(); all.hasNext(); ) {
      Holding each = all.next();
      if (each.by().remove(answer) && each.by().isEmpty()) {
        total -= each.bytes();
        all.remove();
      }
    }
  }

  /** Returns the counted bytes. */
  synchronized long total() {
    return total;
  }
}
