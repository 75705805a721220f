package io.promdisco.allocation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Assigns targets to a set of collectors by rendezvous hashing: a target belongs to the collector
 * with the highest weight, which is a hash of both. So only the targets of a collector that leaves
 * move, and only to a collector that joins. Immutable.
 */
public final class Allocation {
  /** Which collectors a target may have. */
  public enum Strategy {
    /** All. */
    CONSISTENT_HASHING,
    /** Those on the target's node; none: the target has no collector. */
    PER_NODE,
    /** Those on the target's node; none: all. */
    PER_NODE_OR_ANY
  }

  private static final Members NOBODY = new Members(List.of());

  private final Strategy strategy;
  private final Map<String, Collector> collectors = new TreeMap<>();
  private final Map<String, Long> hashes = new HashMap<>();
  private final Members all;
  private final Map<String, Members> byNode = new HashMap<>();

  /** Assigns to these collectors; the order does not matter. */
  public Allocation(Strategy strategy, Collection<Collector> collectors) {
    this.strategy = strategy;
    collectors.forEach(collector -> this.collectors.put(collector.name(), collector));
    this.collectors.keySet().forEach(name -> hashes.put(name, TargetKey.hash(name)));
    all = new Members(this.collectors.keySet());
    if (strategy != Strategy.CONSISTENT_HASHING) {
      Map<String, List<String>> names = new HashMap<>();
      for (Collector collector : this.collectors.values()) {
        names.computeIfAbsent(collector.node(), node -> new ArrayList<>()).add(collector.name());
      }
      names.forEach((node, here) -> byNode.put(node, new Members(here)));
    }
  }

  /** The collectors, by name. */
  public Collection<Collector> collectors() {
    return collectors.values();
  }

  /** Whether there is a collector of this name. */
  public boolean has(String collector) {
    return collectors.containsKey(collector);
  }

  /** The name of the target's collector; null if it has none. */
  public @Nullable String owner(TargetKey key) {
    Members here = key.node().isEmpty() ? NOBODY : byNode.getOrDefault(key.node(), NOBODY);
    return strategy == Strategy.PER_NODE || here != NOBODY
        ? here.highest(key.hash(), null, 0)
        : all.highest(key.hash(), null, 0);
  }

  /** What this set of collectors changes for targets that were assigned to another set. */
  public Update after(Allocation before) {
    List<String> joined = collectors.keySet().stream().filter(name -> !before.has(name)).toList();
    return new Update(new Members(joined));
  }

  /** From one set of collectors to the next. */
  public final class Update {
    private final Members joined;

    private Update(Members joined) {
      this.joined = joined;
    }

    /**
     * The target's collector, as {@link #owner} gives it; looks only at collectors that joined if
     * that is enough.
     *
     * @param before what the set before gave
     */
    public @Nullable String owner(TargetKey key, @Nullable String before) {
      Long hash = before == null ? null : hashes.get(before);
      return hash == null || strategy != Strategy.CONSISTENT_HASHING
          ? Allocation.this.owner(key)
          : joined.highest(key.hash(), before, hash);
    }
  }

  /** Names in order, with their hashes. */
  private static final class Members {
    private final String[] names;
    private final long[] hashes;

    Members(Collection<String> names) {
      this.names = names.toArray(new String[0]);
      hashes = Arrays.stream(this.names).mapToLong(TargetKey::hash).toArray();
    }

    /** The one with the highest weight, {@code other} included; of equal ones the first by name. */
    @Nullable String highest(long key, @Nullable String other, long otherHash) {
      String best = other;
      long highest = weight(key, otherHash);
      for (int i = 0; i < names.length; i++) {
        long weight = weight(key, hashes[i]);
        if (best == null
            || weight > highest
            || (weight == highest && names[i].compareTo(best) < 0)) {
          best = names[i];
          highest = weight;
        }
      }
      return best;
    }
  }

  /**
   * Mixes both hashes (the last steps of MurmurHash3), so that each pair has a weight by chance.
   */
  private static long weight(long key, long collector) {
    long mixed = key ^ collector;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
