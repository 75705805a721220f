package io.promdisco.testing;

import io.promdisco.discovery.TargetSink;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Keeps the groups that were put, as the target pool does. */
public class MemorySink implements TargetSink {
  private final String job;
  private final Map<String, TargetGroup> groups = new TreeMap<>();
  private final List<String> updated = new ArrayList<>();
  private final Map<String, String> failures = new TreeMap<>();
  private int syncs;
  private Set<String> unread = Set.of();

  /** The sink of a source that {@code job} uses. */
  public MemorySink(String job) {
    this.job = job;
  }

  @Override
  public String job() {
    return job;
  }

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
    syncedExcept(Set.of());
  }

  @Override
  public synchronized void syncedExcept(Set<String> parts) {
    syncs++;
    unread = Set.copyOf(parts);
  }

  @Override
  public synchronized void failing(String part, String reason, Duration nextTry) {
    failures.put(part, reason);
  }

  @Override
  public synchronized void recovered(String part) {
    failures.remove(part);
  }

  /** Whether the sink was told that everything is there. */
  public synchronized boolean isSynced() {
    return syncs > 0;
  }

  /** The parts that have never been read, as the sink was told last. */
  public synchronized Set<String> unread() {
    return unread;
  }

  /** What fails now, and why. */
  public synchronized Map<String, String> failures() {
    return Map.copyOf(failures);
  }

  /** The current groups, by source. */
  public synchronized Map<String, TargetGroup> groups() {
    return new TreeMap<>(groups);
  }

  /** The current group, or an empty one. */
  public synchronized TargetGroup group(String source) {
    return groups.getOrDefault(source, TargetGroup.empty(source));
  }

  /** The sources that were put since the last call, in order. */
  public synchronized List<String> takeUpdated() {
    List<String> taken = List.copyOf(updated);
    updated.clear();
    return taken;
  }

  /** The addresses of all targets, in the order of their sources. */
  public synchronized List<String> addresses() {
    List<String> all = new ArrayList<>();
    for (TargetGroup group : groups.values()) {
      for (Labels target : group.targets()) {
        all.add(target.getOrEmpty("__address__"));
      }
    }
    return all;
  }
}
