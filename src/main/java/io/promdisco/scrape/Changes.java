package io.promdisco.scrape;

import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Updates of one job that are not relabelled yet: of each group only the latest state. For one
 * thread at a time.
 */
final class Changes {
  private final TargetSetUpdate latest;
  private final boolean whole;
  private final Map<String, Map<String, TargetGroup>> groups = new HashMap<>();

  private Changes(TargetSetUpdate latest, boolean whole) {
    this.latest = latest;
    this.whole = whole;
  }

  /** The changes of an update. */
  static Changes of(TargetSetUpdate update) {
    Changes changes = new Changes(update, update.whole());
    changes.add(update);
    return changes;
  }

  private void add(TargetSetUpdate update) {
    update
        .changes()
        .forEach(
            (provider, changed) -> {
              Map<String, TargetGroup> known =
                  groups.computeIfAbsent(provider, any -> new HashMap<>());
              changed.forEach(group -> known.put(group.source(), group));
            });
  }

  /** These changes and later ones. */
  Changes and(Changes later) {
    if (later.whole) {
      return later;
    }
    Changes both = new Changes(later.latest, whole);
    both.groups.putAll(groups);
    later.groups.forEach(
        (provider, changed) ->
            both.groups.merge(
                provider,
                changed,
                (before, after) -> {
                  before.putAll(after);
                  return before;
                }));
    return both;
  }

  /** One update with all of them. */
  TargetSetUpdate toUpdate() {
    Map<String, List<TargetGroup>> changed = new HashMap<>();
    groups.forEach((provider, known) -> changed.put(provider, List.copyOf(known.values())));
    return new TargetSetUpdate(
        latest.job(), false, whole, latest.configuration(), latest.targets(), changed);
  }
}
