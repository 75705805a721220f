package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;
import io.promdisco.scrape.ChangedGroupRouter.RelevantGroups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The targets that each group contributes to a job. Groups whose targets were all dropped are not
 * stored. For one thread at a time.
 */
final class PoolState {
  private final Map<String, ProviderTargets> shares = new HashMap<>();
  private final DistinctTargets table = new DistinctTargets();
  private int kept;
  private int failed;
  private long written;

  /** Replaces the targets of a group by new ones. */
  void put(String provider, GroupResult made, TargetChangeBuilder delta) {
    ProviderTargets share = shares.get(provider);
    if (share == null) {
      if (made.isNothing()) {
        return;
      }
      share = new ProviderTargets();
      shares.put(provider, share);
    }
    List<Target> now = made.targets();
    // Additions come first, so that a target that remains never seems removed.
    for (Target target : now) {
      if (table.add(target)) {
        delta.added(target);
      }
    }
    List<Target> before =
        now.isEmpty() ? share.kept.remove(made.source()) : share.kept.put(made.source(), now);
    kept += now.size();
    written += written(now);
    delta.touched(now);
    remove(before, delta);
    Integer failedBefore =
        made.failed() == 0
            ? share.failed.remove(made.source())
            : share.failed.put(made.source(), made.failed());
    failed += made.failed() - (failedBefore == null ? 0 : failedBefore);
  }

  /**
   * Removes the changed groups of which nothing is kept; they were not even offered. The cost
   * depends on the smaller of the number of changes and the number of stored groups.
   *
   * @param made the groups that were offered
   */
  void dropOthers(
      String provider, List<GroupResult> made, RelevantGroups offer, TargetChangeBuilder delta) {
    ProviderTargets share = shares.get(provider);
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
    dropped.forEach(source -> put(provider, new GroupResult(source, List.of(), 0), delta));
  }

  /** Replaces the targets of groups, by provider. */
  void putAll(Map<String, List<GroupResult>> made, TargetChangeBuilder delta) {
    made.forEach((provider, groups) -> groups.forEach(group -> put(provider, group, delta)));
  }

  private void remove(@Nullable List<Target> targets, TargetChangeBuilder delta) {
    if (targets == null) {
      return;
    }
    for (Target target : targets) {
      if (table.remove(target)) {
        delta.removed(target);
      }
    }
    delta.touched(targets);
    kept -= targets.size();
    written -= written(targets);
  }

  private static long written(List<Target> targets) {
    long written = 0;
    for (Target target : targets) {
      written += LabelMemory.written(target);
    }
    return written;
  }

  /** Characters that rules wrote into labels, as {@link LabelMemory} counts them. */
  long written() {
    return written;
  }

  /** Of these, those of the targets of one group. */
  long written(String provider, String source) {
    ProviderTargets share = written == 0 ? null : shares.get(provider);
    return share == null ? 0 : written(share.kept.getOrDefault(source, List.of()));
  }

  /**
   * Records how the targets of {@code after} differ from these.
   *
   * @param distinct one of each set of equal targets of {@code after}, in order
   */
  void compare(PoolState after, List<Target> distinct, TargetChangeBuilder delta) {
    table.forEachDistinct(
        target -> {
          if (!after.table.contains(target)) {
            delta.removed(target);
          }
        });
    for (Target target : distinct) {
      if (!table.contains(target)) {
        delta.added(target);
      }
    }
  }

  /** Returns the targets, including equal ones. */
  List<Target> targets() {
    return table.all();
  }

  /**
   * Returns the target that is equal to this one; of several, the one that is shown; null if there
   * is none.
   */
  @Nullable Target current(Target target) {
    return table.current(target);
  }

  /** Returns the number of distinct targets. */
  int active() {
    return table.distinct();
  }

  /** Returns the number of targets that were not dropped, including equal ones. */
  int kept() {
    return kept;
  }

  /** Number of targets that cannot be scraped. */
  int failed() {
    return failed;
  }

  /** Returns the number of stored groups. */
  int groups() {
    int groups = 0;
    for (ProviderTargets share : shares.values()) {
      groups += share.size();
    }
    return groups;
  }

  /**
   * The result of relabelling a group.
   *
   * @param source the source of the group
   * @param targets the targets that were kept
   * @param failed the number of targets that cannot be scraped
   */
  record GroupResult(String source, List<Target> targets, int failed) {
    boolean isNothing() {
      return targets.isEmpty() && failed == 0;
    }
  }

  /** The targets of the groups of one provider, by source. */
  private static final class ProviderTargets {
    private final Map<String, List<Target>> kept = new HashMap<>();
    private final Map<String, Integer> failed = new HashMap<>();

    int size() {
      return kept.size() + failed.size();
    }

    boolean holds(String source) {
      return kept.containsKey(source) || failed.containsKey(source);
    }

    /** Calls {@code action} with each source, with some of them twice. */
    void forEachSource(Consumer<String> action) {
      kept.keySet().forEach(action);
      failed.keySet().forEach(action);
    }
  }
}
