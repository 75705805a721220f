package io.promdisco.providers.kubernetes;

import io.promdisco.discovery.TargetSink;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stores the groups that were put, like the target pool. */
final class RecordingSink implements TargetSink {
  private final Map<String, TargetGroup> groups = new TreeMap<>();
  private final List<String> updated = new ArrayList<>();
  private final Map<String, String> failures = new TreeMap<>();
  private int atSync = -1;
  private int syncs;

  @Override
  public synchronized void update(List<TargetGroup> changed) {
    for (TargetGroup group : changed) {
      updated.add(group.source());
      if (group.isEmpty()) {
        groups.remove(group.source());
      } else {
        groups.put(group.source(), group);
      }
    }
  }

  @Override
  public synchronized void synced() {
    syncs++;
    atSync = groups.size();
  }

  @Override
  public synchronized void failing(String part, String reason, Duration nextTry) {
    failures.put(part, reason);
  }

  @Override
  public synchronized void recovered(String part) {
    failures.remove(part);
  }

  synchronized int syncs() {
    return syncs;
  }

  /** Returns the number of groups when the sink was synced. */
  synchronized int groupsAtSync() {
    return atSync;
  }

  synchronized Map<String, String> failures() {
    return Map.copyOf(failures);
  }

  synchronized TargetGroup group(String source) {
    return groups.getOrDefault(source, TargetGroup.empty(source));
  }

  /** The sources that were put since the last call, in order. */
  synchronized List<String> takeUpdated() {
    List<String> taken = List.copyOf(updated);
    updated.clear();
    return taken;
  }

  /** The discovered labels of all targets. */
  synchronized List<Map<String, String>> targets() {
    List<Map<String, String>> all = new ArrayList<>();
    for (TargetGroup group : groups.values()) {
      for (Labels target : group.targets()) {
        Map<String, String> labels = new TreeMap<>(group.labels().toMap());
        labels.putAll(target.toMap());
        all.add(labels);
      }
    }
    return all;
  }
}
