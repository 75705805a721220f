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
 * What the groups of a job contribute to its targets. Groups whose targets were all dropped leave
 * nothing here. For one thread at a time.
 */
final class PoolState {
  private final Map<String, ProviderTargets> shares = new HashMap<>();
  private final DistinctTargets table = new DistinctTargets();
  private int kept;
  private int failed;
  private long written;

  /** Puts what became of a group in the place of what it contributed before. */
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
    // First in, then out: what stays is at no time gone.
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
   * Forgets the groups that changed and of which nothing is kept any more, since they were not even
   * offered. Costs no more than the fewer of what changed and what is held.
   *
   * @param made those that were offered
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

  /** Puts what became of groups, by provider. */
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
   * Notes how the targets of {@code after} differ from these.
   *
   * @param distinct one of each of its targets that are equal, in order
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
    for (ProviderTargets share : shares.values()) {
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
  record GroupResult(String source, List<Target> targets, int failed) {
    boolean isNothing() {
      return targets.isEmpty() && failed == 0;
    }
  }

  /** By source what the groups of one provider contribute. */
  private static final class ProviderTargets {
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
