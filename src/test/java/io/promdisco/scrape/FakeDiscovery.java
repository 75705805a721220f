package io.promdisco.scrape;

import io.promdisco.config.ScrapeConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetListener;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds the groups of jobs as the discovery side does, and makes updates from what a test puts. */
final class FakeDiscovery implements TargetSetReader {
  private final Map<String, Map<String, Map<String, TargetGroup>>> jobs = new LinkedHashMap<>();
  private final Set<String> sent = new HashSet<>(); // jobs that were sent completely
  private long configuration;

  /** Applies a configuration, and sends the jobs that are new or whose rules changed. */
  void apply(ScrapeManager manager, List<ScrapeConfig> configs) {
    Set<String> reshaped = manager.apply(configs);
    configuration++;
    sent.retainAll(configs.stream().map(ScrapeConfig::jobName).toList());
    sent.removeAll(reshaped);
    for (ScrapeConfig config : configs) {
      if (!sent.contains(config.jobName()) && jobs.containsKey(config.jobName())) {
        manager.onUpdates(List.of(update(config.jobName(), Map.of())));
      }
    }
  }

  /** Puts groups without telling any listener. */
  void put(String job, String provider, TargetGroup... groups) {
    Map<String, TargetGroup> held =
        held(job).computeIfAbsent(provider, key -> new LinkedHashMap<>());
    for (TargetGroup group : groups) {
      if (group.isEmpty()) {
        held.remove(group.source());
      } else {
        held.put(group.source(), group);
      }
    }
  }

  /** Puts groups and tells {@code channel}. */
  void send(TargetSetListener channel, String job, String provider, TargetGroup... groups) {
    put(job, provider, groups);
    channel.onUpdates(List.of(update(job, Map.of(provider, List.of(groups)))));
  }

  /** Removes a provider from a job. */
  void removeProvider(TargetSetListener channel, String job, String provider) {
    held(job).remove(provider);
    sent.remove(job);
    channel.onUpdates(List.of(update(job, Map.of())));
  }

  private TargetSetUpdate update(String job, Map<String, List<TargetGroup>> changes) {
    int targets = 0;
    for (Map<String, TargetGroup> groups : held(job).values()) {
      targets += groups.values().stream().mapToInt(group -> group.targets().size()).sum();
    }
    boolean whole = sent.add(job);
    return new TargetSetUpdate(
        job, false, whole, configuration, targets, whole ? read(job).groups() : changes);
  }

  private Map<String, Map<String, TargetGroup>> held(String job) {
    return jobs.computeIfAbsent(job, key -> new LinkedHashMap<>());
  }

  @Override
  public TargetSet read(String job) {
    Map<String, List<TargetGroup>> copy = new HashMap<>();
    held(job).forEach((provider, groups) -> copy.put(provider, List.copyOf(groups.values())));
    return new TargetSet(configuration, copy);
  }
}
