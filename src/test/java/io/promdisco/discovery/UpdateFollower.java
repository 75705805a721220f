package io.promdisco.discovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetListener;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reader that knows only what it was sent. It derives the groups of every job from the changes,
 * according to the contract of {@link TargetSetUpdate}, and checks each update against them.
 */
class UpdateFollower implements TargetSetListener {
  @GuardedBy("this")
  private final List<List<TargetSetUpdate>> calls = new ArrayList<>();

  @GuardedBy("this")
  private final Map<String, Map<String, Map<String, TargetGroup>>> jobs = new TreeMap<>();

  @GuardedBy("this")
  private final List<String> contradictions = new ArrayList<>();

  @Override
  public void onUpdates(List<TargetSetUpdate> updates) {
    take(updates);
  }

  final synchronized void take(List<TargetSetUpdate> updates) {
    calls.add(updates);
    updates.forEach(this::follow);
  }

  @GuardedBy("this")
  private void follow(TargetSetUpdate update) {
    if (update.removed()) {
      jobs.remove(update.job());
      return;
    }
    if (update.whole()) {
      jobs.put(update.job(), new TreeMap<>());
    }
    Map<String, Map<String, TargetGroup>> providers = jobs.get(update.job());
    if (providers == null) {
      contradictions.add(update.job() + ": changes of a job that was not sent as a whole");
      return;
    }
    update
        .changes()
        .forEach(
            (provider, groups) -> {
              Map<String, TargetGroup> known =
                  providers.computeIfAbsent(provider, any -> new TreeMap<>());
              for (TargetGroup group : groups) {
                if (group.isEmpty()) {
                  known.remove(group.source());
                } else {
                  known.put(group.source(), group);
                }
              }
            });
    providers.values().removeIf(Map::isEmpty);
    int held =
        providers.values().stream()
            .flatMap(groups -> groups.values().stream())
            .mapToInt(group -> group.targets().size())
            .sum();
    if (held != update.targets()) {
      contradictions.add(update.job() + ": " + held + " targets, told " + update.targets());
    }
  }

  /** Number of calls so far. */
  final synchronized int calls() {
    return calls.size();
  }

  /** The updates of the newest call. */
  final synchronized List<TargetSetUpdate> last() {
    return calls.get(calls.size() - 1);
  }

  /** Updates whose number of targets differed from that of the groups that were sent. */
  final synchronized List<String> contradictions() {
    return List.copyOf(contradictions);
  }

  /** The jobs that exist, with their groups by provider and source. */
  final synchronized Map<String, Map<String, Map<String, TargetGroup>>> jobs() {
    Map<String, Map<String, Map<String, TargetGroup>>> copy = new TreeMap<>();
    jobs.forEach(
        (job, providers) -> {
          Map<String, Map<String, TargetGroup>> of = new TreeMap<>();
          providers.forEach((provider, groups) -> of.put(provider, new TreeMap<>(groups)));
          copy.put(job, of);
        });
    return copy;
  }

  /** All groups of a job, whatever their provider. */
  final List<TargetGroup> groups(String job) {
    List<TargetGroup> out = new ArrayList<>();
    jobs().getOrDefault(job, Map.of()).values().forEach(groups -> out.addAll(groups.values()));
    return out;
  }
}
