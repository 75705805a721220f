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
 * What may be seen of a job's scrape pool: each method shows the state at the time of its call.
 * Safe for all threads.
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

  /** How many targets there are. */
  public PoolCounts counts() {
    return pool.counts();
  }

  /**
   * Another number after each change: while it stays, {@link #activeTargets} gives the same. What
   * is dropped may change without it.
   */
  public long revision() {
    return pool.revision();
  }

  /**
   * The active targets, each once, sorted by labels. Of equal ones the last is shown, by provider,
   * source and place in the group: that of Prometheus, where they are of one group.
   */
  public List<Target> activeTargets() {
    return distinct(pool.targets());
  }

  /**
   * What a reader that follows the targets has not seen yet.
   *
   * @param revision up to which it has now seen everything
   * @param whole whether {@code present} are all active targets, so that others are gone
   * @param present targets that are new, or that were discovered again, perhaps with other labels
   *     before relabelling; each once, in no order
   * @param gone targets that there is no equal of any more
   */
  @Internal
  public record News(
      long revision, boolean whole, Collection<Target> present, Collection<Target> gone) {}

  /**
   * The active targets that changed after {@code revision}; all if that is long ago. Costs little
   * where little has changed.
   *
   * @param revision of the last call; less than 0: none
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
   * The dropped targets, in the order in which they were discovered. They are not kept but found by
   * relabelling again, which takes a while where there are many.
   *
   * @param limit how many at most; 0: as many as the job's {@code keep_dropped_targets} lets, which
   *     holds in any case
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
   * The targets that the rules kept but that cannot be scraped, in the order in which they were
   * discovered; found as the dropped ones are.
   *
   * @param limit how many at most; 0: all
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
   * Calls {@code action} with everything that was discovered for the job and what becomes of it, in
   * the order in which it was discovered; found as the dropped ones are.
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
