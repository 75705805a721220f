package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a target for each address and port of each {@code EndpointSlice}, and one for each declared
 * port of their pods that the slice does not cover. A slice of the second address family of a
 * dual-stack service results in no targets, because they would repeat those of the first.
 */
public final class EndpointSliceGroupBuilder
    extends AbstractEndpointsGroupBuilder<EndpointSliceView> {
  private static final String SLICE = MetaLabels.PREFIX + "endpointslice_";
  private static final String ADDRESS_TYPE = SLICE + "address_type";
  private static final String TARGET_KIND = SLICE + "address_target_kind";
  private static final String TARGET_NAME = SLICE + "address_target_name";
  private static final String READY = SLICE + "endpoint_conditions_ready";
  private static final String SERVING = SLICE + "endpoint_conditions_serving";
  private static final String TERMINATING = SLICE + "endpoint_conditions_terminating";
  private static final String HOSTNAME = SLICE + "endpoint_hostname";
  private static final String NODE_NAME = SLICE + "endpoint_node_name";
  private static final String TOPOLOGY = SLICE + "endpoint_topology_";
  private static final String TOPOLOGY_PRESENT = SLICE + "endpoint_topology_present_";
  private static final String ZONE = SLICE + "endpoint_zone";
  private static final String PORT = SLICE + "port";
  private static final String APP_PROTOCOL = SLICE + "port_app_protocol";
  private static final String PORT_NAME = SLICE + "port_name";
  private static final String PORT_PROTOCOL = SLICE + "port_protocol";

  /** The label of a slice that contains the name of its service. */
  private static final String SERVICE_NAME = "kubernetes.io/service-name";

  /** Creates a builder that adds the labels of {@code attach}. */
  public EndpointSliceGroupBuilder(AttachMetadata attach) {
    super("endpointslice", attach);
  }

  @Override
  public TargetGroup build(EndpointSliceView slice, ObjectLookup lookup, GroupMemory memory) {
    ServiceView service = service(slice, lookup);
    if (service != null && isSecondFamily(slice, service)) {
      return TargetGroup.empty(source(slice.key()));
    }
    long addresses = 0;
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      addresses += endpoint.addresses().size();
    }
    memory.expect(addresses * slice.ports().size());
    EndpointPods pods = pods(lookup);
    List<Labels> targets = new ArrayList<>();
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      for (EndpointSliceView.Port port : slice.ports()) {
        for (String address : endpoint.addresses()) {
          targets.add(target(address, endpoint, port, pods, lookup, memory));
        }
      }
    }
    pods.addUncovered(targets, memory);
    return group(slice, targets, lookup, memory);
  }

  /** Returns the service of a slice, or null. */
  public static @Nullable ObjectKey serviceOf(EndpointSliceView slice) {
    String name = slice.meta().labels().get(SERVICE_NAME);
    return name == null ? null : new ObjectKey(slice.meta().namespace(), name);
  }

  /**
   * Returns the node whose labels an endpoint gets with attached nodes: the node behind the
   * endpoint, or else the one that it is on; null if there is none.
   */
  public static @Nullable String attachedNode(EndpointSliceView.Endpoint endpoint) {
    ObjectRef target = endpoint.target();
    return target != null && target.kind().equals("Node") ? target.name() : endpoint.nodeName();
  }

  /** Whether {@code slice} has another address family than the first of its dual-stack service. */
  public static boolean isSecondFamily(EndpointSliceView slice, ServiceView service) {
    return !service.ipFamilies().isEmpty()
        && !service.ipFamilies().get(0).equals(slice.addressType());
  }

  @Override
  @Nullable ServiceView service(EndpointSliceView slice, ObjectLookup lookup) {
    ObjectKey key = serviceOf(slice);
    return key == null ? null : lookup.service(key);
  }

  @Override
  void addFirst(Labels.Builder out, EndpointSliceView slice) {
    MetaLabels.put(out, ADDRESS_TYPE, slice.addressType());
  }

  private Labels target(
      String address,
      EndpointSliceView.Endpoint endpoint,
      EndpointSliceView.Port port,
      EndpointPods pods,
      ObjectLookup lookup,
      GroupMemory memory) {
    Labels ofNode = ofNode(attachedNode(endpoint), lookup);
    EndpointPods.EndpointPod pod = pods.find(endpoint.target());
    int most = 14 + ofNode.size() + (pod == null ? 0 : pod.size());
    memory.target(most + 2 * endpoint.deprecatedTopology().size());
    Labels.Builder out = Labels.builder(most);
    String number = port.number() == null ? null : ports.of(port.number());
    out.set(MetaLabels.ADDRESS, number == null ? address : MetaLabels.address(address, number));
    addEndpoint(out, endpoint);
    MetaLabels.put(out, PORT, number);
    MetaLabels.put(out, APP_PROTOCOL, port.appProtocol());
    MetaLabels.put(out, PORT_NAME, port.name());
    MetaLabels.put(out, PORT_PROTOCOL, port.protocol());
    out.setAll(ofNode);
    if (pod != null) {
      pod.add(out, port.number(), null, ports);
    }
    return out.build();
  }

  private static void addEndpoint(Labels.Builder out, EndpointSliceView.Endpoint endpoint) {
    if (endpoint.target() != null) {
      MetaLabels.put(out, TARGET_KIND, endpoint.target().kind());
      MetaLabels.put(out, TARGET_NAME, endpoint.target().name());
    }
    MetaLabels.put(out, READY, MetaLabels.text(endpoint.ready()));
    MetaLabels.put(out, SERVING, MetaLabels.text(endpoint.serving()));
    MetaLabels.put(out, TERMINATING, MetaLabels.text(endpoint.terminating()));
    MetaLabels.put(out, HOSTNAME, endpoint.hostname());
    MetaLabels.put(out, NODE_NAME, endpoint.nodeName());
    Labels topology = endpoint.deprecatedTopology();
    for (int i = 0; i < topology.size(); i++) {
      String name = MetaLabels.sanitize(topology.name(i));
      MetaLabels.put(out, TOPOLOGY + name, topology.value(i));
      out.set(TOPOLOGY_PRESENT + name, MetaLabels.TRUE);
    }
    MetaLabels.put(out, ZONE, endpoint.zone());
  }
}
