package io.promdisco.scrape;

import io.promdisco.Internal;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A view of a job's scrape pool. Each method returns the state at the time of its call. Safe for
 * all threads.
 */
public final class PoolView {
  private final ScrapePool pool;
  private final TargetSetReader reader;

  PoolView(ScrapePool pool, TargetSetReader reader) {
    this.pool = pool;
    this.reader = reader;
  }

  /** The job's name. */
  public String job() {
    return pool.job();
  }

  /** The job's configuration. */
  public ScrapeConfig config() {
    return pool.config();
  }

  /** The numbers of targets. */
  public PoolCounts counts() {
    return pool.counts();
  }

  /**
   * A number that changes with the active targets: while it stays, {@link #activeTargets} returns
   * the same. Dropped targets may change without it.
   */
  public long revision() {
    return pool.revision();
  }

  /**
   * Returns the active targets, each once, sorted by labels. Of equal ones, it returns the last by
   * provider, source and position in the group. Prometheus returns the same one if they are in one
   * group.
   */
  public List<Target> activeTargets() {
    return distinct(pool.targets());
  }

  /**
   * The changes that a reader which follows the targets has not seen yet.
   *
   * @param revision the revision that the reader has seen with these changes
   * @param whole whether {@code present} are all active targets, so that all others are removed
   * @param present targets that are new, or that were discovered again, possibly with other labels
   *     before relabelling; each once, in any order
   * @param gone targets that were removed, and of which no equal one remains
   */
  @Internal
  public record News(
      long revision, boolean whole, Collection<Target> present, Collection<Target> gone) {}

  /**
   * Returns the active targets that changed after {@code revision}; all of them if that is too long
   * ago. The cost depends on the number of changes.
   *
   * @param revision the revision of the last call; negative for the first call
   */
  @Internal
  public News newsSince(long revision) {
    return pool.newsSince(revision);
  }

  static List<Target> distinct(List<Target> all) {
    all.sort(Target.BY_LABELS);
    List<Target> distinct = new ArrayList<>(all.size());
    for (Target target : all) {
      int last = distinct.size() - 1;
      if (last >= 0 && distinct.get(last).hash() == target.hash()) {
        distinct.set(last, target);
      } else {
        distinct.add(target);
      }
    }
    return distinct;
  }

  /**
   * Returns the dropped targets in the order in which they were discovered. They are not stored but
   * found by relabelling again, which takes time if there are many.
   *
   * @param limit the maximum number; 0 for the maximum of {@code keep_dropped_targets}, which
   *     always applies
   */
  public List<DiscoveredTarget> droppedTargets(int limit) {
    long kept = config().keepDroppedTargets();
    long most = kept == 0 ? limit : limit == 0 ? kept : Math.min(limit, kept);
    List<DiscoveredTarget> dropped = new ArrayList<>();
    if (counts().dropped() == 0) {
      return dropped;
    }
    forEachOutcome(
        (builder, provider, group, index, outcome) -> {
          if (outcome == TargetOutcome.Dropped.DROPPED && (most == 0 || dropped.size() < most)) {
            dropped.add(new DiscoveredTarget(builder, provider, group, index));
          }
        });
    return dropped;
  }

  /**
   * Returns the targets that the rules kept but that cannot be scraped, in the order in which they
   * were discovered. They are found in the same way as dropped ones.
   *
   * @param limit the maximum number; 0 for all
   */
  public List<FailedTarget> failedTargets(int limit) {
    List<FailedTarget> failed = new ArrayList<>();
    if (counts().failed() == 0) {
      return failed;
    }
    forEachOutcome(
        (builder, provider, group, index, outcome) -> {
          if (outcome instanceof TargetOutcome.Failed problem
              && (limit == 0 || failed.size() < limit)) {
            failed.add(
                new FailedTarget(
                    new DiscoveredTarget(builder, provider, group, index),
                    FailedTarget.describe(group, index, problem.message())));
          }
        });
    return failed;
  }

  /**
   * Calls {@code action} with every discovered target of the job and its outcome, in the order in
   * which they were discovered. The outcomes are found in the same way as dropped targets.
   */
  @Internal
  public void forEachDiscovered(BiConsumer<DiscoveredTarget, TargetOutcome> action) {
    forEachOutcome(
        (builder, provider, group, index, outcome) ->
            action.accept(new DiscoveredTarget(builder, provider, group, index), outcome));
  }

  private void forEachOutcome(Visitor visitor) {
    TargetSetReader.TargetSet set = reader.read(job());
    TargetBuilder builder = pool.builder(set.configuration());
    DiscoveredLabels view = builder.view();
    set.groups()
        .forEach(
            (provider, groups) -> {
              for (TargetGroup group : groups) {
                for (int i = 0; i < group.targets().size(); i++) {
                  visitor.visit(
                      builder, provider, group, i, builder.build(provider, view, group, i));
                }
              }
            });
  }

  private interface Visitor {
    void visit(
        TargetBuilder builder,
        String provider,
        TargetGroup group,
        int index,
        TargetOutcome outcome);
  }
}
