package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.EndpointSliceView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target for each address and port of each {@code EndpointSlice}, and one for each declared port
 * of their pods that the slice does not cover. The slice of the second address family of a
 * dual-stack service has none: its targets would be those of the first again.
 */
public final class EndpointSliceGroupBuilder implements GroupBuilder<EndpointSliceView> {
  private static final String SLICE = Meta.PREFIX + "endpointslice_";
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
  private static final String NAME = SLICE + "name";
  private static final String PORT = SLICE + "port";
  private static final String APP_PROTOCOL = SLICE + "port_app_protocol";
  private static final String PORT_NAME = SLICE + "port_name";
  private static final String PORT_PROTOCOL = SLICE + "port_protocol";

  /** The label of a slice that names its service. */
  private static final String SERVICE_NAME = "kubernetes.io/service-name";

  private final AttachMetadata attach;
  private final Attached attached;
  private final ObjectLabels own = new ObjectLabels("endpointslice");
  private final ServiceLabels serviceLabels = new ServiceLabels();
  private final PodLabels podLabels;
  private final PortTexts ports = new PortTexts();

  /** Adds the labels that {@code attach} asks for. */
  public EndpointSliceGroupBuilder(AttachMetadata attach) {
    this.attach = attach;
    attached = new Attached(attach);
    podLabels = new PodLabels(attach);
  }

  @Override
  public String source(ObjectKey key) {
    return "endpointslice/" + key.namespace() + "/" + key.name();
  }

  @Override
  public TargetGroup build(EndpointSliceView slice, Lookup lookup, GroupMemory memory) {
    String source = source(slice.key());
    ObjectKey serviceKey = serviceOf(slice);
    ServiceView service = serviceKey == null ? null : lookup.service(serviceKey);
    if (service != null && isSecondFamily(slice, service)) {
      return TargetGroup.empty(source);
    }
    long addresses = 0;
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      addresses += endpoint.addresses().size();
    }
    memory.expect(addresses * slice.ports().size());
    EndpointPods pods = new EndpointPods(podLabels, ports, lookup);
    List<Labels> targets = new ArrayList<>();
    for (EndpointSliceView.Endpoint endpoint : slice.endpoints()) {
      for (EndpointSliceView.Port port : slice.ports()) {
        for (String address : endpoint.addresses()) {
          targets.add(target(address, endpoint, port, pods, lookup, memory));
        }
      }
    }
    pods.addUncovered(targets, memory);
    if (targets.isEmpty()) {
      return TargetGroup.empty(source);
    }
    Labels labels = groupLabels(slice, service, lookup);
    memory.shared(labels, targets.size());
    return new TargetGroup(source, targets, labels);
  }

  /** The service that a slice belongs to; null: none. */
  public static @Nullable ObjectKey serviceOf(EndpointSliceView slice) {
    String name = slice.meta().labels().get(SERVICE_NAME);
    return name == null ? null : new ObjectKey(slice.meta().namespace(), name);
  }

  /**
   * The node whose labels an endpoint shows when nodes are attached: the one it stands for, or else
   * the one it is on; null: none.
   */
  public static @Nullable String attachedNode(EndpointSliceView.Endpoint endpoint) {
    ObjectRef target = endpoint.target();
    return target != null && target.kind().equals("Node") ? target.name() : endpoint.nodeName();
  }

  /** Whether {@code slice} is of another family than the first of its dual-stack service. */
  public static boolean isSecondFamily(EndpointSliceView slice, ServiceView service) {
    return !service.ipFamilies().isEmpty()
        && !service.ipFamilies().get(0).equals(slice.addressType());
  }

  private Labels groupLabels(
      EndpointSliceView slice, @Nullable ServiceView service, Lookup lookup) {
    ObjectMeta meta = slice.meta();
    Labels ofNamespace = attached.namespace(meta.namespace(), lookup);
    int ofService = service == null ? 0 : ObjectLabels.count(service.meta()) + 1;
    Labels.Builder out =
        Labels.builder(3 + ObjectLabels.count(meta) + ofNamespace.size() + ofService);
    Meta.put(out, ADDRESS_TYPE, slice.addressType());
    own.addAnnotations(out, meta);
    own.addLabels(out, meta);
    Meta.put(out, NAME, meta.name());
    Meta.put(out, Meta.NAMESPACE, meta.namespace());
    out.setAll(ofNamespace);
    if (service != null) {
      serviceLabels.add(out, service.meta());
    }
    return out.build();
  }

  private Labels target(
      String address,
      EndpointSliceView.Endpoint endpoint,
      EndpointSliceView.Port port,
      EndpointPods pods,
      Lookup lookup,
      GroupMemory memory) {
    Labels ofNode = attach.node() ? attached.node(attachedNode(endpoint), lookup) : Labels.EMPTY;
    EndpointPods.Seen pod = pods.find(endpoint.target());
    int most = 14 + ofNode.size() + (pod == null ? 0 : pod.size());
    memory.target(most + 2 * endpoint.deprecatedTopology().size());
    Labels.Builder out = Labels.builder(most);
    String number = port.number() == null ? null : ports.of(port.number());
    out.set(Meta.ADDRESS, number == null ? address : Meta.address(address, number));
    addEndpoint(out, endpoint);
    Meta.put(out, PORT, number);
    Meta.put(out, APP_PROTOCOL, port.appProtocol());
    Meta.put(out, PORT_NAME, port.name());
    Meta.put(out, PORT_PROTOCOL, port.protocol());
    out.setAll(ofNode);
    if (pod != null) {
      pod.add(out, port.number(), null, ports);
    }
    return out.build();
  }

  private static void addEndpoint(Labels.Builder out, EndpointSliceView.Endpoint endpoint) {
    if (endpoint.target() != null) {
      Meta.put(out, TARGET_KIND, endpoint.target().kind());
      Meta.put(out, TARGET_NAME, endpoint.target().name());
    }
    Meta.put(out, READY, Meta.text(endpoint.ready()));
    Meta.put(out, SERVING, Meta.text(endpoint.serving()));
    Meta.put(out, TERMINATING, Meta.text(endpoint.terminating()));
    Meta.put(out, HOSTNAME, endpoint.hostname());
    Meta.put(out, NODE_NAME, endpoint.nodeName());
    Labels topology = endpoint.deprecatedTopology();
    for (int i = 0; i < topology.size(); i++) {
      String name = Meta.sanitize(topology.name(i));
      Meta.put(out, TOPOLOGY + name, topology.value(i));
      out.set(TOPOLOGY_PRESENT + name, Meta.TRUE);
    }
    Meta.put(out, ZONE, endpoint.zone());
  }
}
