package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes a target for each node, which is its kubelet. A node without a usable address has none. */
public final class NodeGroupBuilder implements GroupBuilder<NodeView> {
  private static final String ADDRESS_PREFIX = MetaLabels.PREFIX + "node_address_";
  private static final String CONDITION_PREFIX = MetaLabels.PREFIX + "node_condition_";
  private static final String NAME = MetaLabels.PREFIX + "node_name";
  private static final String PROVIDER_ID = MetaLabels.PREFIX + "node_provider_id";

  /**
   * The usable types of addresses, in order of preference. A node's first address of the first type
   * is scraped.
   */
  public static final List<String> ADDRESS_TYPES =
      List.of("InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname");

  private final ObjectLabels own = new ObjectLabels("node");

  @Override
  public String source(ObjectKey key) {
    return "node/" + key.name();
  }

  @Override
  public TargetGroup build(NodeView node, ObjectLookup lookup, GroupMemory memory) {
    String source = source(node.key());
    Map<String, String> addresses = new TreeMap<>();
    for (NodeView.Address address : node.addresses()) {
      addresses.putIfAbsent(address.type(), address.address());
    }
    for (String type : ADDRESS_TYPES) {
      String host = addresses.get(type);
      if (host != null) {
        Labels target = target(node, host, addresses);
        return new TargetGroup(source, List.of(target), groupLabels(node));
      }
    }
    return TargetGroup.empty(source);
  }

  private static Labels target(NodeView node, String host, Map<String, String> addresses) {
    Labels.Builder out = Labels.builder(addresses.size() + 2);
    out.set(MetaLabels.ADDRESS, MetaLabels.address(host, Integer.toString(node.kubeletPort())));
    addresses.forEach(
        (type, address) ->
            MetaLabels.put(out, ADDRESS_PREFIX + MetaLabels.sanitize(type), address));
    return out.set("instance", node.meta().name()).build();
  }

  private Labels groupLabels(NodeView node) {
    ObjectMeta meta = node.meta();
    Labels.Builder out = Labels.builder(ObjectLabels.count(meta) + node.conditions().size() + 2);
    own.addAnnotations(out, meta);
    for (NodeView.Condition condition : node.conditions()) {
      // The label must be set even if it is empty, because of two with the same name the later one
      // is used.
      out.set(
          CONDITION_PREFIX + MetaLabels.sanitize(MetaLabels.lower(condition.type())),
          MetaLabels.lower(condition.status()));
    }
    own.addLabels(out, meta);
    MetaLabels.put(out, NAME, meta.name());
    MetaLabels.put(out, PROVIDER_ID, node.providerId());
    return out.build();
  }
}
