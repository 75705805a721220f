package io.promdisco.scrape;

import io.promdisco.model.SyncChannel;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetReader;
import io.promdisco.model.TargetSetUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Holds the groups of jobs as the discovery side does, and makes updates of what a test puts. */
final class FakeDiscovery implements TargetSetReader {
  private final Map<String, Map<String, Map<String, TargetGroup>>> jobs = new LinkedHashMap<>();

  /** Puts groups without telling anybody. */
  void put(String job, String provider, TargetGroup... groups) {
    Map<String, TargetGroup> held =
        jobs.computeIfAbsent(job, key -> new LinkedHashMap<>())
            .computeIfAbsent(provider, key -> new LinkedHashMap<>());
    for (TargetGroup group : groups) {
      if (group.isEmpty()) {
        held.remove(group.source());
      } else {
        held.put(group.source(), group);
      }
    }
  }

  /** Puts groups and tells {@code channel}. */
  void send(SyncChannel channel, String job, String provider, TargetGroup... groups) {
    put(job, provider, groups);
    channel.onUpdates(List.of(update(job, Map.of(provider, List.of(groups)))));
  }

  /** Takes a provider away from a job. */
  void removeProvider(SyncChannel channel, String job, String provider) {
    held(job).remove(provider);
    channel.onUpdates(List.of(update(job, Map.of())));
  }

  private TargetSetUpdate update(String job, Map<String, List<TargetGroup>> changes) {
    Map<String, Integer> providers = new HashMap<>();
    held(job)
        .forEach(
            (provider, groups) -> {
              int targets = 0;
              for (TargetGroup group : groups.values()) {
                targets += group.targets().size();
              }
              providers.put(provider, targets);
            });
    return new TargetSetUpdate(job, false, providers, changes);
  }

  private Map<String, Map<String, TargetGroup>> held(String job) {
    return jobs.computeIfAbsent(job, key -> new LinkedHashMap<>());
  }

  @Override
  public void forEachGroup(String job, BiConsumer<String, TargetGroup> action) {
    new ArrayList<>(held(job).entrySet())
        .forEach(
            provider ->
                List.copyOf(provider.getValue().values())
                    .forEach(group -> action.accept(provider.getKey(), group)));
  }
}
