package io.promdisco.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Targets come, change and go, and a listener takes a delivery now and then. Each delivery must fit
 * what the listener knows, and at the end it must know all targets.
 */
class ListenerQueuePropertyTest {
  private static final List<String> JOBS = List.of("a", "b");
  private static final int ADDRESSES = 4;

  private final Map<String, TargetBuilder> builders = new HashMap<>();

  ListenerQueuePropertyTest() {
    for (String job : JOBS) {
      builders.put(
          job,
          new TargetBuilder(JobFixtures.job(job, JobFixtures.copy("__meta_version", "version"))));
    }
  }

  /**
   * A step.
   *
   * @param take whether the listener takes the next delivery; otherwise the job's targets change
   * @param versions the version of the target for each address; 0 if there is no target
   */
  record Step(boolean take, String job, List<Integer> versions) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<List<Integer>> versions =
        Arbitraries.integers().between(0, 2).list().ofSize(ADDRESSES);
    return Combinators.combine(Arbitraries.of(true, false, false), Arbitraries.of(JOBS), versions)
        .as(Step::new)
        .list()
        .ofMaxSize(40);
  }

  @Property
  void deliversConsistentChangesAndEndsWithTheCurrentTargets(@ForAll("steps") List<Step> steps) {
    ListenerQueue queue = new ListenerQueue();
    Map<String, Map<String, Target>> there = new TreeMap<>();
    Map<String, Map<String, Target>> known = new TreeMap<>();
    JOBS.forEach(job -> there.put(job, new HashMap<>()));
    JOBS.forEach(job -> known.put(job, new HashMap<>()));
    for (Step step : steps) {
      if (step.take && queue.size() > 0) {
        takeOne(queue, known);
      } else {
        put(queue, step, there);
      }
      assertThat(queue.size()).isLessThanOrEqualTo(distinct(there, known));
    }
    while (queue.size() > 0) {
      takeOne(queue, known);
    }
    JOBS.forEach(job -> assertThat(of(known, job).keySet()).isEqualTo(of(there, job).keySet()));
    queue.drain();
    assertThat(queue.take()).isNull();
  }

  private void put(ListenerQueue queue, Step step, Map<String, Map<String, Target>> there) {
    Map<String, Target> before = of(there, step.job);
    Map<String, Target> after = targets(step.job, step.versions);
    TargetChangeBuilder delta = new TargetChangeBuilder();
    after.forEach(
        (id, target) -> {
          if (!before.containsKey(id)) {
            delta.added(target);
          }
        });
    before.forEach(
        (id, target) -> {
          if (!after.containsKey(id)) {
            delta.removed(target);
          }
        });
    TargetChange change = delta.toChange(step.job);
    if (!change.isEmpty()) {
      int size = queue.size();
      assertThat(queue.put(change).grownBy()).isEqualTo(queue.size() - size);
    }
    there.put(step.job, after);
  }

  private Map<String, Target> targets(String job, List<Integer> versions) {
    Map<String, Target> targets = new HashMap<>();
    for (int i = 0; i < versions.size(); i++) {
      if (versions.get(i) > 0) {
        TargetGroup group =
            JobFixtures.group(
                "g", Labels.of("__meta_version", versions.get(i).toString()), "h:" + i);
        TargetOutcome outcome = Objects.requireNonNull(builders.get(job)).build("p", group, 0);
        assertThat(outcome).isInstanceOf(TargetOutcome.Kept.class);
        Target target = ((TargetOutcome.Kept) outcome).target();
        targets.put(target.id(), target);
      }
    }
    return targets;
  }

  private static void takeOne(ListenerQueue queue, Map<String, Map<String, Target>> known) {
    TargetChange change = Objects.requireNonNull(Objects.requireNonNull(queue.take()).change());
    queue.delivered();
    assertThat(change.isEmpty()).isFalse();
    Map<String, Target> ofJob = of(known, change.job());
    change.removed().forEach(target -> assertThat(ofJob.remove(target.id())).isNotNull());
    for (TargetChange.Changed changed : change.changed()) {
      assertThat(ofJob.remove(changed.before().id())).isNotNull();
      assertThat(changed.before().discoveredAddress())
          .isEqualTo(changed.after().discoveredAddress());
    }
    List<Target> added = new ArrayList<>(change.added());
    change.changed().forEach(changed -> added.add(changed.after()));
    added.forEach(target -> assertThat(ofJob.put(target.id(), target)).isNull());
  }

  private static Map<String, Target> of(Map<String, Map<String, Target>> jobs, String job) {
    return Objects.requireNonNull(jobs.get(job));
  }

  /** The number of distinct targets that the listener knows or should know. */
  private static int distinct(
      Map<String, Map<String, Target>> there, Map<String, Map<String, Target>> known) {
    int distinct = 0;
    for (String job : JOBS) {
      Map<String, Target> all = new HashMap<>(of(there, job));
      all.putAll(of(known, job));
      distinct += all.size();
    }
    return distinct;
  }
}
