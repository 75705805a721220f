package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;
import io.promdisco.scrape.Offers.Offer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the groups of a job contribute to its targets. Groups whose targets were all dropped leave
 * nothing here. For one thread at a time.
 */
final class PoolState {
  private final Map<String, Share> shares = new HashMap<>();
  private final TargetTable table = new TargetTable();
  private int kept;
  private int failed;

  /** Puts what became of a group in the place of what it contributed before. */
  void put(String provider, Made made, Delta delta) {
    Share share = shares.get(provider);
    if (share == null) {
      if (made.isNothing()) {
        return;
      }
      share = new Share();
      shares.put(provider, share);
    }
    List<Target> now = made.targets();
    // First in, then out: what stays is at no time gone.
    for (Target target : now) {
      if (table.add(target)) {
        delta.came(target);
      }
    }
    List<Target> before =
        now.isEmpty() ? share.kept.remove(made.source()) : share.kept.put(made.source(), now);
    kept += now.size();
    delta.touched(now);
    remove(before, delta);
    Integer failedBefore =
        made.failed() == 0
            ? share.failed.remove(made.source())
            : share.failed.put(made.source(), made.failed());
    failed += made.failed() - (failedBefore == null ? 0 : failedBefore);
  }

  /**
   * Forgets the groups that changed and of which nothing is kept any more, since they were not even
   * offered. Costs no more than the fewer of what changed and what is held.
   *
   * @param made those that were offered
   */
  void dropOthers(String provider, List<Made> made, Offer offer, Delta delta) {
    Share share = shares.get(provider);
    if (share == null) {
      return;
    }
    Set<String> offered = new HashSet<>();
    made.forEach(group -> offered.add(group.source()));
    List<String> dropped = new ArrayList<>();
    if (offer.changed().size() <= share.size()) {
      for (TargetGroup group : offer.changed()) {
        if (share.holds(group.source()) && !offered.contains(group.source())) {
          dropped.add(group.source());
        }
      }
    } else {
      share.forEachSource(
          source -> {
            if (offer.sources().contain(source) && !offered.contains(source)) {
              dropped.add(source);
            }
          });
    }
    dropped.forEach(source -> put(provider, new Made(source, List.of(), 0), delta));
  }

  /** Puts what became of groups, by provider. */
  void putAll(Map<String, List<Made>> made, Delta delta) {
    made.forEach((provider, groups) -> groups.forEach(group -> put(provider, group, delta)));
  }

  private void remove(@Nullable List<Target> targets, Delta delta) {
    if (targets == null) {
      return;
    }
    for (Target target : targets) {
      if (table.remove(target)) {
        delta.gone(target);
      }
    }
    delta.touched(targets);
    kept -= targets.size();
  }

  /**
   * Notes how the targets of {@code after} differ from these.
   *
   * @param distinct one of each of its targets that are equal, in order
   */
  void compare(PoolState after, List<Target> distinct, Delta delta) {
    table.forEachDistinct(
        target -> {
          if (!after.table.contains(target)) {
            delta.gone(target);
          }
        });
    for (Target target : distinct) {
      if (!table.contains(target)) {
        delta.came(target);
      }
    }
  }

  /** The targets; equal ones are all there. */
  List<Target> targets() {
    return table.all();
  }

  /** The target that is equal to this one, of several the one that is shown; null: none. */
  @Nullable Target current(Target target) {
    return table.current(target);
  }

  /** Number of targets that differ from each other. */
  int active() {
    return table.distinct();
  }

  /** Number of targets that were not dropped, equal ones included. */
  int kept() {
    return kept;
  }

  /** Number of targets that cannot be scraped. */
  int failed() {
    return failed;
  }

  /** Number of groups of which something is held. */
  int groups() {
    int groups = 0;
    for (Share share : shares.values()) {
      groups += share.size();
    }
    return groups;
  }

  /**
   * What became of a group's targets.
   *
   * @param source the group's
   * @param targets those that were kept
   * @param failed number of those that cannot be scraped
   */
  record Made(String source, List<Target> targets, int failed) {
    boolean isNothing() {
      return targets.isEmpty() && failed == 0;
    }
  }

  /** By source what the groups of one provider contribute. */
  private static final class Share {
    private final Map<String, List<Target>> kept = new HashMap<>();
    private final Map<String, Integer> failed = new HashMap<>();

    int size() {
      return kept.size() + failed.size();
    }

    boolean holds(String source) {
      return kept.containsKey(source) || failed.containsKey(source);
    }

    /** Calls {@code action} with each source, with some twice. */
    void forEachSource(Consumer<String> action) {
      kept.keySet().forEach(action);
      failed.keySet().forEach(action);
    }
  }
}
