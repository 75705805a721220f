package io.promdisco.server;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.primitives.Ints;
import com.google.common.util.concurrent.Striped;
import io.promdisco.scrape.PoolView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a job in the order in which they are shown. It takes time to sort many targets, or
 * to find the dropped ones. So a result is stored for the next page while nothing changes, and for
 * a minimum time. If making a list takes noticeably long, the old list is shown until the new one
 * is ready. Safe for all threads.
 */
final class TargetSearchCache {
  private static final long AT_LEAST_NANOS = Duration.ofMillis(250).toNanos();

  /** How long a list of dropped targets is used; their changes are not reported. */
  private static final long DROPPED_NANOS = Duration.ofSeconds(2).toNanos();

  /** A list that took longer is renewed in the background, while answers show the old one. */
  private static final long SLOW_NANOS = Duration.ofMillis(50).toNanos();

  /** The maximum age of a list that is shown. */
  private static final long AT_MOST_NANOS = Duration.ofSeconds(10).toNanos();

  /** The maximum number of searches whose results are stored with a list. */
  private static final int SEARCHES = 16;

  /** The maximum number of characters in the words of these searches. */
  private static final int SEARCH_CHARACTERS = 2_000;

  /** The maximum size of a list and its searches in bytes, without its targets. */
  private static final int PAGE_BYTES = 8 << 10;

  /** The maximum size of all stored lists in bytes. */
  private static final long MOST_BYTES = Math.max(4 << 20, Runtime.getRuntime().maxMemory() / 16);

  /** The number of targets from which a search uses all cores. */
  private static final int MANY = 10_000;

  private final LongSupplier nanos;
  private final Executor renewals;
  private final Cache<Key, Page> pages =
      CacheBuilder.newBuilder()
          .concurrencyLevel(1) // otherwise a list would have to fit into a quarter of the limit
          .maximumWeight(MOST_BYTES)
          .weigher(TargetSearchCache::bytes)
          .expireAfterAccess(Duration.ofSeconds(30))
          .build();

  private final Striped<Lock> making = Striped.lock(64);

  /** The state of the targets to show. */
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

  private record CachedSearch(List<String> terms, List<SearchedTarget> fitting) {}

  /**
   * The result of a search.
   *
   * @param lists active targets sorted by labels, then dropped ones, then failed ones
   * @param pending whether a newer list is being made
   */
  record Result(List<List<SearchedTarget>> lists, boolean pending) {}

  /**
   * A list.
   *
   * @param took the time that it took to make, in nanoseconds
   * @param searches the results of the latest searches, the newest last; the next search usually
   *     extends one of them
   */
  private record Page(
      long revision,
      long made,
      long took,
      List<SearchedTarget> targets,
      Deque<CachedSearch> searches,
      AtomicBoolean renewing) {
    List<CachedSearch> searched() {
      synchronized (searches) {
        return List.copyOf(searches);
      }
    }

    /** Whether the stored searches need no more memory than the list itself. */
    private boolean fits() {
      long found = 0;
      long characters = 0;
      for (CachedSearch one : searches) {
        found += one.fitting().size();
        characters += one.terms().stream().mapToInt(String::length).sum();
      }
      return found <= targets.size() && characters <= SEARCH_CHARACTERS;
    }

    void remember(CachedSearch found) {
      synchronized (searches) {
        searches.addLast(found);
        while (searches.size() > SEARCHES || !fits()) {
          searches.removeFirst();
        }
      }
    }
  }

  /** Returns the estimated size of a list in bytes; its active targets exist anyway. */
  private static int bytes(Key key, Page page) {
    long each =
        switch (key.state()) {
          case ACTIVE -> 28;
          case DROPPED -> 64;
          case FAILED -> 512; // with the message
          case ANY -> throw new IllegalArgumentException("any: not a single state");
        };
    return Ints.saturatedCast(PAGE_BYTES + each * page.targets().size());
  }

  /**
   * Creates a cache.
   *
   * @param nanos the clock
   * @param renewals runs the tasks that renew lists
   */
  TargetSearchCache(LongSupplier nanos, Executor renewals) {
    this.nanos = nanos;
    this.renewals = renewals;
  }

  /** Returns the targets of a job that match the words. */
  Result of(PoolView pool, State state, SearchTerms terms) {
    List<List<SearchedTarget>> lists = new ArrayList<>();
    boolean pending = false;
    for (State one : new State[] {State.ACTIVE, State.DROPPED, State.FAILED}) {
      if (state.includes(one)) {
        Page page = page(pool, one);
        lists.add(fitting(page, terms));
        pending |= page.renewing().get();
      }
    }
    return new Result(lists, pending);
  }

  private List<SearchedTarget> fitting(Page page, SearchTerms terms) {
    List<SearchedTarget> targets = page.targets();
    if (terms.isEmpty() || targets.isEmpty()) {
      return targets;
    }
    List<SearchedTarget> candidates = targets;
    List<String> texts = terms.texts();
    for (CachedSearch found : page.searched()) {
      if (found.terms().equals(texts)) {
        return found.fitting();
      }
      if (found.fitting().size() < candidates.size() && terms.narrow(found.terms())) {
        candidates = found.fitting();
      }
    }
    Stream<SearchedTarget> all =
        candidates.size() < MANY ? candidates.stream() : candidates.parallelStream();
    List<SearchedTarget> fitting = all.filter(terms::fit).toList();
    page.remember(new CachedSearch(texts, fitting));
    return fitting;
  }

  private Page page(PoolView pool, State state) {
    Key key = new Key(pool.job(), state);
    Page page = pages.getIfPresent(key);
    long now = nanos.getAsLong();
    if (page == null) {
      return make(key, pool);
    }
    if (holds(page, state, pool.revision(), now)) {
      return page;
    }
    if (page.took() < SLOW_NANOS || now - page.made() > AT_MOST_NANOS) {
      return make(key, pool);
    }
    if (page.renewing().compareAndSet(false, true)) {
      renewals.execute(() -> make(key, pool));
    }
    return page;
  }

  /** Makes a list in one thread; other threads wait and use its result. */
  private Page make(Key key, PoolView pool) {
    long asked = nanos.getAsLong();
    Lock one = making.get(key);
    one.lock();
    try {
      Page made = pages.getIfPresent(key);
      return made != null && made.made() - asked > 0 ? made : makeNow(key, pool);
    } finally {
      one.unlock();
    }
  }

  private Page makeNow(Key key, PoolView pool) {
    long start = nanos.getAsLong();
    long revision =
        pool.revision(); // read before the targets, so that a later change has a later revision
    List<SearchedTarget> targets = find(pool, key.state());
    long made = nanos.getAsLong();
    Page page =
        new Page(revision, made, made - start, targets, new ArrayDeque<>(), new AtomicBoolean());
    pages.put(key, page);
    return page;
  }

  private static boolean holds(Page page, State state, long revision, long now) {
    long age = now - page.made();
    return age < AT_LEAST_NANOS
        || (page.revision() == revision && (state == State.ACTIVE || age < DROPPED_NANOS));
  }

  private static List<SearchedTarget> find(PoolView pool, State state) {
    return switch (state) {
      case ACTIVE ->
          pool.activeTargets().stream().<SearchedTarget>map(SearchedTarget.Active::new).toList();
      case DROPPED ->
          pool.droppedTargets(0).stream().<SearchedTarget>map(SearchedTarget.Dropped::new).toList();
      case FAILED ->
          pool.failedTargets(0).stream().<SearchedTarget>map(SearchedTarget.Failed::new).toList();
      case ANY -> throw new IllegalArgumentException("any: not a single state");
    };
  }
}
