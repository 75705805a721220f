package io.promdisco.allocation;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What decides which collector gets a target. Equal keys get the same collector in every process.
 *
 * @param hash of {@code __tmp_hash}, or else of the address before relabelling
 * @param everywhere whether every collector gets the target
 * @param node the node that the target runs on; empty: unknown
 */
public record TargetKey(long hash, boolean everywhere, String node) {
  /** A label that rules set to keep targets together. */
  public static final String HASH = "__tmp_hash";

  /** A label that rules set for targets of all collectors. */
  public static final String EVERYWHERE = "__tmp_disable_sharding";

  private static final String ADDRESS = "__address__";
  private static final List<String> NODES =
      List.of(
          "__meta_kubernetes_pod_node_name",
          "__meta_kubernetes_node_name",
          "__meta_kubernetes_endpoint_node_name");
  private static final String KIND = "__meta_kubernetes_endpointslice_address_target_kind";
  private static final String NAME = "__meta_kubernetes_endpointslice_address_target_name";

  /**
   * The key of a target.
   *
   * @param discovered returns a label before relabelling, empty if it is missing
   * @param relabelled returns an internal label after relabelling, empty if it is missing
   */
  public static TargetKey of(UnaryOperator<String> discovered, UnaryOperator<String> relabelled) {
    String chosen = relabelled.apply(HASH);
    return new TargetKey(
        hash(chosen.isEmpty() ? discovered.apply(ADDRESS) : chosen),
        !relabelled.apply(EVERYWHERE).isEmpty(),
        node(discovered));
  }

  private static String node(UnaryOperator<String> discovered) {
    for (String label : NODES) {
      String node = discovered.apply(label);
      if (!node.isEmpty()) {
        return node;
      }
    }
    return discovered.apply(KIND).equals("Node") ? discovered.apply(NAME) : "";
  }

  /** A hash of a text, the same in every process and version. */
  static long hash(String text) {
    return Hashing.murmur3_128().hashString(text, StandardCharsets.UTF_8).asLong();
  }
}
