package io.promdisco.scrape;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.LabelView;
import io.promdisco.relabel.RequiredValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Offers the groups of one provider to those of its jobs that can keep a target of them, so that a
 * group costs a look-up and the jobs that want it, however many there are.
 *
 * <p>Each job is filed under one of its {@linkplain RequiredValues demands}: a target with another
 * value is dropped by that job whatever its other rules say. A job without demands is offered
 * everything; so is every job of a demand for a target that has one of its guards. Demands on
 * labels that the job itself adds are not used, since those differ from job to job.
 *
 * <p>For one thread at a time.
 */
final class GroupRouter {
  private final int jobs;
  private final List<Integer> jobsWithoutConditions = new ArrayList<>();
  private final List<JobsByValue> jobsByCondition = new ArrayList<>();

  /** Files the jobs, which are known by their place from now on. */
  GroupRouter(List<TargetBuilder> builders) {
    jobs = builders.size();
    List<List<RequiredValues>> demands =
        builders.stream().map(TargetBuilder::requiredValues).toList();
    Map<LabelCondition, Set<String>> wanted = new HashMap<>();
    for (List<RequiredValues> ofJob : demands) {
      for (RequiredValues demand : ofJob) {
        wanted
            .computeIfAbsent(LabelCondition.of(demand), q -> new HashSet<>())
            .addAll(demand.values());
      }
    }
    Map<LabelCondition, JobsByValue> byQuestion = new HashMap<>();
    for (int job = 0; job < jobs; job++) {
      RequiredValues best = null;
      for (RequiredValues demand : demands.get(job)) {
        if (best == null || rank(wanted, demand) > rank(wanted, best)) {
          best = demand;
        }
      }
      if (best == null) {
        jobsWithoutConditions.add(job);
      } else {
        byQuestion
            .computeIfAbsent(LabelCondition.of(best), JobsByValue::new)
            .file(job, best.values());
      }
    }
    jobsByCondition.addAll(byQuestion.values());
  }

  /** The more different values the jobs want of a question, the more jobs it tells apart. */
  private static int rank(Map<LabelCondition, Set<String>> wanted, RequiredValues demand) {
    return wanted.getOrDefault(LabelCondition.of(demand), Set.of()).size();
  }

  /**
   * For each job the groups of which it may keep something, in their order. Groups without targets
   * are offered to nobody but the jobs that get {@code groups} itself.
   */
  List<List<TargetGroup>> route(List<TargetGroup> groups) {
    List<List<TargetGroup>> offers = new ArrayList<>(Collections.nCopies(jobs, null));
    jobsWithoutConditions.forEach(job -> offers.set(job, groups));
    if (!jobsByCondition.isEmpty()) {
      jobsByCondition.forEach(lane -> lane.all.forEach(job -> offers.set(job, new ArrayList<>(0))));
      DiscoveredLabels labels = new DiscoveredLabels(Labels.EMPTY);
      for (TargetGroup group : groups) {
        for (JobsByValue lane : jobsByCondition) {
          lane.offer(group, labels, offers);
        }
      }
    }
    return offers;
  }

  /** What is asked of a target; the guards say when the answer counts. */
  private record LabelCondition(List<String> labels, String separator, Set<String> guards) {
    static LabelCondition of(RequiredValues demand) {
      return new LabelCondition(demand.sourceLabels(), demand.separator(), demand.guards());
    }
  }

  /** The jobs filed under one question. */
  private static final class JobsByValue {
    private final String[] labels;
    private final String separator;
    private final String[] guards;
    private final Map<String, List<Integer>> byValue = new HashMap<>();
    private final List<Integer> all = new ArrayList<>();

    JobsByValue(LabelCondition question) {
      labels = question.labels.toArray(new String[0]);
      separator = question.separator;
      guards = question.guards.toArray(new String[0]);
    }

    void file(int job, Set<String> values) {
      all.add(job);
      values.forEach(value -> byValue.computeIfAbsent(value, v -> new ArrayList<>(1)).add(job));
    }

    void offer(TargetGroup group, DiscoveredLabels view, List<List<TargetGroup>> offers) {
      String before = null;
      int size = group.targets().size();
      for (int i = 0; i < size; i++) {
        view.at(group, i);
        String value = answer(view);
        if (value == null) {
          add(group, all, offers);
          return;
        }
        if (!value.equals(before)) {
          add(group, byValue.getOrDefault(value, List.of()), offers);
          before = value;
        }
      }
    }

    /** Null if it does not count. */
    private @Nullable String answer(LabelView target) {
      for (String guard : guards) {
        if (!target.get(guard).isEmpty()) {
          return null;
        }
      }
      if (labels.length == 1) {
        return target.get(labels[0]);
      }
      StringJoiner joined = new StringJoiner(separator);
      Arrays.stream(labels).forEach(label -> joined.add(target.get(label)));
      return joined.toString();
    }

    // Groups are equal only by all their labels; the last one offered is meant.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(TargetGroup one, TargetGroup other) {
      return one == other;
    }

    private static void add(
        TargetGroup group, List<Integer> wanting, List<List<TargetGroup>> offers) {
      for (int job : wanting) {
        List<TargetGroup> offered = offers.get(job);
        if (offered.isEmpty() || !isSame(offered.get(offered.size() - 1), group)) {
          offered.add(group);
        }
      }
    }
  }
}
