package io.promdisco.allocator;

import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.TargetKey;
import java.util.List;

/** Says why a target has its collector. */
final class AssignmentReason {
  private AssignmentReason() {}

  /** The reason, in one line. */
  static String of(AllocatorConfig config, JobShares.Assigned each) {
    TargetKey key = each.key();
    if (key.everywhere()) {
      return TargetKey.EVERYWHERE + " is set: every collector has it";
    }
    String owner = each.owner();
    boolean perNode = config.strategy() != Allocation.Strategy.CONSISTENT_HASHING;
    if (owner == null) {
      if (!perNode) {
        return "there is no collector";
      }
      return key.node().isEmpty()
          ? "no label names its node"
          : "no collector runs on node \"" + key.node() + "\"";
    }
    String chosen = each.target().label(TargetKey.HASH);
    String by =
        "by the hash of "
            + (chosen.isEmpty()
                ? each.target().discoveredAddress()
                : TargetKey.HASH + "=\"" + chosen + "\"");
    String reason = perNode ? "on node \"" + key.node() + "\", or else " + by : by;
    List<String> others = each.holders().stream().filter(name -> !name.equals(owner)).toList();
    if (!each.holders().contains(owner)) {
      return reason + "; moves to " + owner + " in a moment";
    }
    return others.isEmpty() ? reason : reason + "; still with " + String.join(", ", others);
  }
}
