package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a target for each address and port of each {@code Endpoints} object, ready or not, and one
 * for each declared port of their pods that no subset covers.
 */
public final class EndpointsGroupBuilder extends AbstractEndpointsGroupBuilder<EndpointsView> {
  private static final String HOSTNAME = MetaLabels.PREFIX + "endpoint_hostname";
  private static final String NODE_NAME = MetaLabels.PREFIX + "endpoint_node_name";
  private static final String PORT_NAME = MetaLabels.PREFIX + "endpoint_port_name";
  private static final String PORT_PROTOCOL = MetaLabels.PREFIX + "endpoint_port_protocol";
  private static final String READY = MetaLabels.PREFIX + "endpoint_ready";
  private static final String TARGET_KIND = MetaLabels.PREFIX + "endpoint_address_target_kind";
  private static final String TARGET_NAME = MetaLabels.PREFIX + "endpoint_address_target_name";

  /** Creates a builder that adds the labels of {@code attach}. */
  public EndpointsGroupBuilder(AttachMetadata attach) {
    super("endpoints", attach);
  }

  @Override
  public TargetGroup build(EndpointsView endpoints, ObjectLookup lookup, GroupMemory memory) {
    long expected = 0;
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      long addresses = (long) subset.addresses().size() + subset.notReady().size();
      expected += addresses * subset.ports().size();
    }
    memory.expect(expected);
    EndpointPods pods = pods(lookup);
    List<Labels> targets = new ArrayList<>();
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      for (EndpointsView.Port port : subset.ports()) {
        for (EndpointsView.Address address : subset.addresses()) {
          targets.add(target(address, port, MetaLabels.TRUE, pods, lookup, memory));
        }
        for (EndpointsView.Address address : subset.notReady()) {
          targets.add(target(address, port, "false", pods, lookup, memory));
        }
      }
    }
    pods.addUncovered(targets, memory);
    return group(endpoints, targets, lookup, memory);
  }

  /**
   * Returns the node whose labels an address gets with attached nodes: the one that it is on, or
   * else the node behind the address; null if there is none.
   */
  public static @Nullable String attachedNode(EndpointsView.Address address) {
    if (address.nodeName() != null) {
      return address.nodeName();
    }
    ObjectRef target = address.target();
    return target != null && target.kind().equals("Node") ? target.name() : null;
  }

  @Override
  @Nullable ServiceView service(EndpointsView endpoints, ObjectLookup lookup) {
    return lookup.service(endpoints.key());
  }

  private Labels target(
      EndpointsView.Address address,
      EndpointsView.Port port,
      String ready,
      EndpointPods pods,
      ObjectLookup lookup,
      GroupMemory memory) {
    Labels ofNode = ofNode(attachedNode(address), lookup);
    EndpointPods.EndpointPod pod = pods.find(address.target());
    int most = 8 + ofNode.size() + (pod == null ? 0 : pod.size());
    memory.target(most);
    Labels.Builder out = Labels.builder(most);
    out.set(MetaLabels.ADDRESS, MetaLabels.address(address.ip(), ports.of(port.number())));
    if (address.target() != null) {
      MetaLabels.put(out, TARGET_KIND, address.target().kind());
      MetaLabels.put(out, TARGET_NAME, address.target().name());
    }
    MetaLabels.put(out, HOSTNAME, address.hostname());
    MetaLabels.put(out, NODE_NAME, address.nodeName());
    MetaLabels.put(out, PORT_NAME, port.name());
    MetaLabels.put(out, PORT_PROTOCOL, port.protocol());
    out.set(READY, ready).setAll(ofNode);
    if (pod != null) {
      // The protocol label of a matched container port is that of the endpoint port.
      pod.add(out, port.number(), port.protocol(), ports);
    }
    return out.build();
  }
}
