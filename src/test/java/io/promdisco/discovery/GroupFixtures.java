package io.promdisco.discovery;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.List;

/** Target groups for tests. */
final class GroupFixtures {
  private GroupFixtures() {}

  /** A group with a target for each address. */
  static TargetGroup group(String source, String... addresses) {
    List<Labels> targets = new ArrayList<>();
    for (String address : addresses) {
      targets.add(Labels.of("__address__", address));
    }
    return new TargetGroup(source, targets, Labels.EMPTY);
  }

  /** The group that deletes {@code source}. */
  static TargetGroup gone(String source) {
    return TargetGroup.empty(source);
  }
}
