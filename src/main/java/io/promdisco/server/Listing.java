package io.promdisco.server;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.promdisco.scrape.PoolView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a job in the order in which they are shown. Sorting them, or finding out which are
 * dropped, takes a while where there are many: what was found is kept for the next page, for as
 * long as nothing changed, and at least for a moment. Safe for all threads.
 */
final class Listing {
  private static final long AT_LEAST_NANOS = Duration.ofMillis(250).toNanos();

  /** Of what is dropped nobody is told. */
  private static final long DROPPED_NANOS = Duration.ofSeconds(2).toNanos();

  /** Of so many searches of a list what they found is kept with it. */
  private static final int SEARCHES = 16;

  private final LongSupplier nanos;
  private final Cache<Key, Page> pages =
      CacheBuilder.newBuilder()
          .maximumSize(1000)
          .softValues()
          .expireAfterAccess(Duration.ofSeconds(30))
          .build();

  /** Which targets are shown. */
  enum State {
    ACTIVE,
    DROPPED,
    FAILED,
    ANY;

    static @Nullable State of(String name) {
      for (State state : values()) {
        if (state.text().equals(name)) {
          return state;
        }
      }
      return null;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean includes(State one) {
      return this == one || this == ANY;
    }
  }

  private record Key(String job, State state) {}

  private record Found(Words words, List<Shown> fitting) {}

  /** What the last searches found, the newest last: the next is mostly one of them, and more. */
  private record Page(long revision, long made, List<Shown> targets, Deque<Found> searches) {
    List<Found> searched() {
      synchronized (searches) {
        return List.copyOf(searches);
      }
    }

    void remember(Found found) {
      synchronized (searches) {
        searches.addLast(found);
        if (searches.size() > SEARCHES) {
          searches.removeFirst();
        }
      }
    }
  }

  Listing(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * The targets of a job that have the words, in parts: active ones sorted by labels, then dropped
   * ones, then failed ones.
   */
  List<List<Shown>> of(PoolView pool, State state, Words words) {
    List<List<Shown>> parts = new ArrayList<>();
    for (State one : new State[] {State.ACTIVE, State.DROPPED, State.FAILED}) {
      if (state.includes(one)) {
        parts.add(fitting(page(pool, one), words));
      }
    }
    return parts;
  }

  private List<Shown> fitting(Page page, Words words) {
    List<Shown> targets = page.targets();
    if (words.isEmpty() || targets.isEmpty()) {
      return targets;
    }
    List<Shown> candidates = targets;
    List<String> texts = words.texts();
    for (Found found : page.searched()) {
      if (found.words().texts().equals(texts)) {
        return found.fitting();
      }
      if (found.fitting().size() < candidates.size() && words.narrow(found.words())) {
        candidates = found.fitting();
      }
    }
    List<Shown> fitting = new ArrayList<>();
    for (Shown target : candidates) {
      if (words.fit(target)) {
        fitting.add(target);
      }
    }
    page.remember(new Found(words, fitting));
    return fitting;
  }

  private Page page(PoolView pool, State state) {
    Key key = new Key(pool.job(), state);
    Page page = pages.getIfPresent(key);
    long now = nanos.getAsLong();
    long revision = pool.revision();
    if (page == null || !holds(page, state, revision, now)) {
      page = new Page(revision, now, find(pool, state), new ArrayDeque<>());
      pages.put(key, page);
    }
    return page;
  }

  private static boolean holds(Page page, State state, long revision, long now) {
    long age = now - page.made();
    return age < AT_LEAST_NANOS
        || (page.revision() == revision && (state == State.ACTIVE || age < DROPPED_NANOS));
  }

  private static List<Shown> find(PoolView pool, State state) {
    return switch (state) {
      case ACTIVE -> pool.activeTargets().stream().<Shown>map(Shown.Active::new).toList();
      case DROPPED ->
          pool.counts().dropped() == 0
              ? List.of()
              : pool.droppedTargets(0).stream().<Shown>map(Shown.Dropped::new).toList();
      case FAILED ->
          pool.counts().failed() == 0
              ? List.of()
              : pool.failedTargets(0).stream().<Shown>map(Shown.Failed::new).toList();
      case ANY -> throw new IllegalArgumentException("any: not one state");
    };
  }
}
