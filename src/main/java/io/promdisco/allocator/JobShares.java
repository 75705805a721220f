package io.promdisco.allocator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Collector;
import io.promdisco.allocation.Holders;
import io.promdisco.allocation.TargetKey;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.scrape.HttpSdDocument;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.RenderedDocument;
import io.promdisco.scrape.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shares of the collectors in one job. What changes is assigned again, and nothing else. Safe
 * for all threads.
 */
final class JobShares {
  /** The share of a collector that has none, or that there is not. */
  static final RenderedDocument NOTHING =
      new RenderedDocument("[]".getBytes(StandardCharsets.UTF_8));

  /** Targets that are scraped less often do not wait longer. */
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

  private final Holders.Handover handover;
  private final Function<String, Duration> inForce;

  @GuardedBy("this")
  private final Map<Target, Entry> entries = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, Share> shares = new HashMap<>();

  /** Targets of all collectors. */
  @GuardedBy("this")
  private final Share everywhere = new Share();

  @GuardedBy("this")
  private final Set<Entry> moving = new HashSet<>();

  @GuardedBy("this")
  private long nextMove;

  @GuardedBy("this")
  private long round;

  @GuardedBy("this")
  private long versions;

  @GuardedBy("this")
  private Allocation allocation = new Allocation(Allocation.Strategy.CONSISTENT_HASHING, List.of());

  /** A target, and who has it. Compared by identity. */
  private static final class Entry {
    private Target target;
    private TargetKey key;
    private Holders holders;
    private List<String> shown = List.of();
    private long seen;

    Entry(Target target, TargetKey key, Holders holders) {
      this.target = target;
      this.key = key;
      this.holders = holders;
    }
  }

  /** The targets of a collector. */
  private static final class Share {
    private final Set<Entry> entries = new HashSet<>();
    private long version;

    /** What was made of this version; made again if memory was short. */
    private SoftReference<@Nullable RenderedDocument> document = new SoftReference<>(null);

    private long documentVersion = -1;
  }

  /**
   * No targets yet.
   *
   * @param inForce returns the longest time from a change of a collector's share until the
   *     collector scrapes accordingly
   */
  JobShares(Holders.Handover handover, Function<String, Duration> inForce) {
    this.handover = handover;
    this.inForce = inForce;
  }

  /**
   * Assigns what has changed.
   *
   * @param news what has changed of the job's targets; null: nothing
   */
  synchronized void update(PoolView.@Nullable News news, Allocation now, long nanos) {
    if (now != allocation) {
      reassign(now, nanos);
    }
    if (news != null) {
      round++;
      news.present().forEach(target -> put(target, nanos));
      news.gone().forEach(target -> remove(entries.remove(target)));
      if (news.whole() && entries.size() > news.present().size()) {
        removeOthers();
      }
    }
    if (!moving.isEmpty() && nextMove - nanos <= 0) {
      List.copyOf(moving).forEach(entry -> show(entry, nanos));
      nextMove =
          nanos
              + moving.stream().mapToLong(entry -> entry.holders.changesIn(nanos)).min().orElse(0);
    }
  }

  @GuardedBy("this")
  private void reassign(Allocation now, long nanos) {
    Allocation before = allocation;
    Allocation.Update update = now.after(before);
    allocation = now;
    shares.keySet().removeIf(name -> !now.has(name));
    for (Entry entry : entries.values()) {
      if (!entry.key.everywhere()) {
        move(entry, update.owner(entry.key, entry.holders.owner()), nanos);
      }
    }
    List.copyOf(moving).forEach(entry -> show(entry, nanos)); // Former owners come and go too.
  }

  @GuardedBy("this")
  @SuppressWarnings("ReferenceEquality") // Equal ones may have other labels before relabelling.
  private void put(Target target, long nanos) {
    Entry entry = entries.get(target);
    if (entry == null) {
      TargetKey key = key(target);
      entry = new Entry(target, key, Holders.of(owner(key), nanos));
      entries.put(target, entry);
      show(entry, nanos);
    } else if (entry.target != target) {
      renew(entry, target, nanos);
    }
    entry.seen = round;
  }

  /** Removes targets that are not of this round. */
  @GuardedBy("this")
  private void removeOthers() {
    Iterator<Entry> all = entries.values().iterator();
    while (all.hasNext()) {
      Entry entry = all.next();
      if (entry.seen != round) {
        all.remove();
        remove(entry);
      }
    }
  }

  @GuardedBy("this")
  private void remove(@Nullable Entry entry) {
    if (entry != null) {
      moving.remove(entry);
      hide(entry);
    }
  }

  @GuardedBy("this")
  private void renew(Entry entry, Target target, long nanos) {
    TargetKey key = key(target);
    entry.target = target;
    entries.remove(target); // The key is the target of before.
    entries.put(target, entry);
    if (key.everywhere() != entry.key.everywhere()) {
      remove(entry);
      entry.key = key;
      entry.holders = Holders.of(owner(key), nanos);
      show(entry, nanos);
      return;
    }
    entry.key = key;
    if (key.everywhere()) {
      touch(everywhere);
      return;
    }
    move(entry, owner(key), nanos);
    for (String holder : entry.shown) {
      Share share = shares.get(holder);
      if (share != null) {
        touch(share);
      }
    }
  }

  @GuardedBy("this")
  private @Nullable String owner(TargetKey key) {
    return key.everywhere() ? null : allocation.owner(key);
  }

  private static TargetKey key(Target target) {
    return TargetKey.of(target::discoveredLabel, target::label);
  }

  @GuardedBy("this")
  private void move(Entry entry, @Nullable String to, long nanos) {
    String from = entry.holders.owner();
    if (!Objects.equals(from, to)) {
      boolean here = from != null && allocation.has(from);
      long wait = wait(entry.target, from, to).toNanos();
      entry.holders = entry.holders.moved(handover, to, here, wait, nanos);
      show(entry, nanos);
    }
  }

  /**
   * How long a handover takes. Gapless: until the new owner has scraped the target once. Exclusive:
   * until the old owner scrapes it no more.
   */
  private Duration wait(Target target, @Nullable String from, @Nullable String to) {
    if (from == null || to == null) {
      return Duration.ZERO;
    }
    return handover == Holders.Handover.EXCLUSIVE
        ? inForce.apply(from)
        : inForce.apply(to).plus(scrapeInterval(target));
  }

  private static Duration scrapeInterval(Target target) {
    Duration interval = PrometheusDuration.parse(target.scrapeInterval());
    return interval.compareTo(LONGEST_INTERVAL) < 0 ? interval : LONGEST_INTERVAL;
  }

  /** Puts a target into the shares of those that have it now. */
  @GuardedBy("this")
  private void show(Entry entry, long nanos) {
    if (entry.key.everywhere()) {
      everywhere.entries.add(entry);
      touch(everywhere);
      return;
    }
    List<String> now = entry.holders.at(nanos);
    Allocation current = allocation;
    now.removeIf(name -> !current.has(name));
    if (!now.equals(entry.shown)) {
      for (String holder : entry.shown) {
        if (!now.contains(holder)) {
          remove(shares.get(holder), entry);
        }
      }
      for (String holder : now) {
        Share share = shares.get(holder);
        if (share == null) {
          share = new Share();
          shares.put(holder, share);
        }
        if (share.entries.add(entry)) {
          touch(share);
        }
      }
      entry.shown = List.copyOf(now);
    }
    long changes = entry.holders.changesIn(nanos);
    if (changes > 0) {
      boolean first = moving.isEmpty();
      moving.add(entry);
      nextMove = first || nanos + changes - nextMove < 0 ? nanos + changes : nextMove;
    } else if (moving.remove(entry)) {
      entry.holders = Holders.of(entry.holders.owner(), nanos);
    }
  }

  @GuardedBy("this")
  private void hide(Entry entry) {
    entry.shown.forEach(holder -> remove(shares.get(holder), entry));
    entry.shown = List.of();
    remove(everywhere, entry);
  }

  @GuardedBy("this")
  private void remove(@Nullable Share share, Entry entry) {
    if (share != null && share.entries.remove(entry)) {
      touch(share);
    }
  }

  @GuardedBy("this")
  private void touch(Share share) {
    share.version = ++versions;
  }

  /** The share of a collector as groups of targets; made once for each change. */
  RenderedDocument document(String collector) throws IOException {
    Share share;
    long version;
    List<Target> targets = new ArrayList<>();
    synchronized (this) {
      if (!allocation.has(collector)) {
        return NOTHING;
      }
      share = shares.computeIfAbsent(collector, name -> new Share());
      version = Math.max(share.version, everywhere.version);
      RenderedDocument known = share.document.get();
      if (known != null && share.documentVersion == version) {
        return known;
      }
      share.entries.forEach(entry -> targets.add(entry.target));
      everywhere.entries.forEach(entry -> targets.add(entry.target));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HttpSdDocument.writeFound(targets, out);
    RenderedDocument made = new RenderedDocument(out.toByteArray());
    synchronized (this) {
      if (share.documentVersion <= version) {
        share.documentVersion = version;
        share.document = new SoftReference<>(made);
      }
    }
    return made;
  }

  /** Number of targets by collector. */
  synchronized Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Collector collector : allocation.collectors()) {
      Share share = shares.get(collector.name());
      int own = share == null ? 0 : share.entries.size();
      counts.put(collector.name(), own + everywhere.entries.size());
    }
    return counts;
  }

  /** Number of targets that no collector owns. */
  synchronized int unassigned() {
    int unassigned = 0;
    for (Entry entry : entries.values()) {
      boolean owned = entry.holders.owner() != null || entry.key.everywhere();
      unassigned += owned ? 0 : 1;
    }
    return unassigned;
  }

  /**
   * A target and who has it.
   *
   * @param owner null: no collector, or all
   * @param holders the owner and those that still have it; none where all have it
   */
  record Assigned(Target target, TargetKey key, @Nullable String owner, List<String> holders) {}

  /**
   * The targets of the job.
   *
   * @param collector only those of this collector; empty: all
   * @param addresses only those with one of these addresses before relabelling; empty: all
   */
  synchronized List<Assigned> assigned(String collector, Set<String> addresses, int limit) {
    return entries.values().stream()
        .filter(
            entry -> addresses.isEmpty() || addresses.contains(entry.target.discoveredAddress()))
        .filter(
            entry ->
                collector.isEmpty() || entry.key.everywhere() || entry.shown.contains(collector))
        .limit(limit)
        .map(entry -> new Assigned(entry.target, entry.key, entry.holders.owner(), entry.shown))
        .toList();
  }
}
