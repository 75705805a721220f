package io.promdisco.server;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.promdisco.scrape.PoolView;
import java.time.Duration;
import java.util.ArrayList;
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

  private record Page(long revision, long made, List<Shown> targets) {}

  Listing(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** The targets of a job: active ones sorted by labels, then dropped ones, then failed ones. */
  List<Shown> of(PoolView pool, State state) {
    List<Shown> all = new ArrayList<>();
    for (State one : new State[] {State.ACTIVE, State.DROPPED, State.FAILED}) {
      if (state == one) {
        return targets(pool, one);
      }
      if (state.includes(one)) {
        all.addAll(targets(pool, one));
      }
    }
    return all;
  }

  private List<Shown> targets(PoolView pool, State state) {
    Key key = new Key(pool.job(), state);
    Page page = pages.getIfPresent(key);
    long now = nanos.getAsLong();
    long revision = pool.revision();
    if (page == null || !holds(page, state, revision, now)) {
      page = new Page(revision, now, find(pool, state));
      pages.put(key, page);
    }
    return page.targets();
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
