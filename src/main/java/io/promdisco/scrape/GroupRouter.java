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
 * Passes the groups of one provider to those of its jobs that can keep one of their targets. So the
 * cost of a group is a look-up and the jobs that need it, no matter how many jobs there are.
 *
 * <p>Each job is filed under one of its {@linkplain RequiredValues required values}: the job drops
 * a target with another value, whatever its other rules do. A job without required values gets
 * every group, and so does every job if a target has one of the guards. Requirements for labels
 * that the job itself adds are not used, because those labels differ from job to job.
 *
 * <p>For one thread at a time.
 */
final class GroupRouter {
  private final int jobs;
  private final List<Integer> jobsWithoutConditions = new ArrayList<>();
  private final List<JobsByValue> jobsByCondition = new ArrayList<>();

  /** Creates a router for these jobs, which it identifies by their index. */
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

  /**
   * Ranks a condition by the number of different values that jobs require: more values separate
   * more jobs.
   */
  private static int rank(Map<LabelCondition, Set<String>> wanted, RequiredValues demand) {
    return wanted.getOrDefault(LabelCondition.of(demand), Set.of()).size();
  }

  /**
   * Returns for each job, in order, the groups of which it may keep a target. Groups without
   * targets are passed only to jobs that get {@code groups} itself.
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

  /** The value that is looked up in a target, and the guards that disable the look-up. */
  private record LabelCondition(List<String> labels, String separator, Set<String> guards) {
    static LabelCondition of(RequiredValues demand) {
      return new LabelCondition(demand.sourceLabels(), demand.separator(), demand.guards());
    }
  }

  /** The jobs that are filed under one condition. */
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

    /** Returns null if a guard disables the look-up. */
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

    // Groups compare all their labels; here only the same object counts.
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
