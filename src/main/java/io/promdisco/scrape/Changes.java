package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one job that changed and are not relabelled yet. Names them only: what they contain
 * is read when they are relabelled. For one thread at a time.
 */
final class Changes {
  private final Map<String, Set<String>> sources = new HashMap<>();
  private @Nullable Set<String> providers;
  private boolean everything;

  /** All groups of the job. */
  static Changes everything() {
    Changes changes = new Changes();
    changes.everything = true;
    return changes;
  }

  /** The groups of an update. */
  static Changes of(TargetSetUpdate update) {
    Changes changes = new Changes();
    changes.providers = update.providers().keySet();
    update
        .changes()
        .forEach(
            (provider, groups) -> {
              Set<String> names = new HashSet<>();
              for (TargetGroup group : groups) {
                names.add(group.source());
              }
              changes.sources.put(provider, names);
            });
    return changes;
  }

  /** Adds later changes. */
  Changes and(Changes later) {
    everything |= later.everything;
    providers = later.providers == null ? providers : later.providers;
    later.sources.forEach(
        (provider, names) ->
            sources.computeIfAbsent(provider, any -> new HashSet<>()).addAll(names));
    return this;
  }

  /** The job's providers after the latest update; null if there was none. */
  @Nullable Set<String> providers() {
    return providers;
  }

  boolean isEverything() {
    return everything;
  }

  /** Whether a group may have changed. */
  boolean contain(String provider, String source) {
    return everything || sources.getOrDefault(provider, Set.of()).contains(source);
  }

  /** Calls {@code action} with each provider and group by name, unless it is everything. */
  void forEach(BiConsumer<String, String> action) {
    sources.forEach((provider, names) -> names.forEach(name -> action.accept(provider, name)));
  }
}
