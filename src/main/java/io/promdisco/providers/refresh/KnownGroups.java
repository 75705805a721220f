package io.promdisco.providers.refresh;

import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The groups of a source at its last refresh. For one thread at a time. */
public final class KnownGroups {
  private Map<String, TargetGroup> known = Map.of();

  /**
   * Stores all current groups. Of two groups with the same source, the last is used.
   *
   * @return the new and changed groups, and an empty one for each that has disappeared
   */
  public List<TargetGroup> replace(List<TargetGroup> groups) {
    Map<String, TargetGroup> now = new LinkedHashMap<>();
    groups.forEach(group -> now.put(group.source(), group));
    List<TargetGroup> changed = new ArrayList<>();
    for (TargetGroup group : now.values()) {
      if (!group.equals(known.get(group.source()))) {
        changed.add(group);
      }
    }
    for (String source : known.keySet()) {
      if (!now.containsKey(source)) {
        changed.add(TargetGroup.empty(source));
      }
    }
    known = now;
    return changed;
  }
}
