package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.EndpointsView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ObjectRef;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target for each address and port of each {@code Endpoints} object, ready or not, and one for
 * each declared port of their pods that no subset covers.
 */
public final class EndpointsGroupBuilder implements GroupBuilder<EndpointsView> {
  private static final String HOSTNAME = Meta.PREFIX + "endpoint_hostname";
  private static final String NODE_NAME = Meta.PREFIX + "endpoint_node_name";
  private static final String PORT_NAME = Meta.PREFIX + "endpoint_port_name";
  private static final String PORT_PROTOCOL = Meta.PREFIX + "endpoint_port_protocol";
  private static final String READY = Meta.PREFIX + "endpoint_ready";
  private static final String TARGET_KIND = Meta.PREFIX + "endpoint_address_target_kind";
  private static final String TARGET_NAME = Meta.PREFIX + "endpoint_address_target_name";
  private static final String NAME = Meta.PREFIX + "endpoints_name";

  private final AttachMetadata attach;
  private final Attached attached;
  private final ObjectLabels own = new ObjectLabels("endpoints");
  private final ServiceLabels serviceLabels = new ServiceLabels();
  private final PodLabels podLabels;
  private final PortTexts ports = new PortTexts();

  /** Adds the labels that {@code attach} asks for. */
  public EndpointsGroupBuilder(AttachMetadata attach) {
    this.attach = attach;
    attached = new Attached(attach);
    podLabels = new PodLabels(attach);
  }

  @Override
  public String source(ObjectKey key) {
    return "endpoints/" + key.namespace() + "/" + key.name();
  }

  @Override
  public TargetGroup build(EndpointsView endpoints, Lookup lookup, GroupMemory memory) {
    long expected = 0;
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      long addresses = (long) subset.addresses().size() + subset.notReady().size();
      expected += addresses * subset.ports().size();
    }
    memory.expect(expected);
    EndpointPods pods = new EndpointPods(podLabels, ports, lookup);
    List<Labels> targets = new ArrayList<>();
    for (EndpointsView.Subset subset : endpoints.subsets()) {
      for (EndpointsView.Port port : subset.ports()) {
        for (EndpointsView.Address address : subset.addresses()) {
          targets.add(target(address, port, Meta.TRUE, pods, lookup, memory));
        }
        for (EndpointsView.Address address : subset.notReady()) {
          targets.add(target(address, port, "false", pods, lookup, memory));
        }
      }
    }
    pods.addUncovered(targets, memory);
    String source = source(endpoints.key());
    if (targets.isEmpty()) {
      return TargetGroup.empty(source);
    }
    Labels labels = groupLabels(endpoints.meta(), lookup);
    memory.shared(labels, targets.size());
    return new TargetGroup(source, targets, labels);
  }

  /**
   * The node whose labels an address shows when nodes are attached: the one it is on, or else the
   * one it stands for; null: none.
   */
  public static @Nullable String attachedNode(EndpointsView.Address address) {
    if (address.nodeName() != null) {
      return address.nodeName();
    }
    ObjectRef target = address.target();
    return target != null && target.kind().equals("Node") ? target.name() : null;
  }

  private Labels groupLabels(ObjectMeta meta, Lookup lookup) {
    ServiceView service = lookup.service(meta.key());
    Labels ofNamespace = attached.namespace(meta.namespace(), lookup);
    int ofService = service == null ? 0 : ObjectLabels.count(service.meta()) + 1;
    Labels.Builder out =
        Labels.builder(2 + ObjectLabels.count(meta) + ofNamespace.size() + ofService);
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
      EndpointsView.Address address,
      EndpointsView.Port port,
      String ready,
      EndpointPods pods,
      Lookup lookup,
      GroupMemory memory) {
    Labels ofNode = attach.node() ? attached.node(attachedNode(address), lookup) : Labels.EMPTY;
    EndpointPods.Seen pod = pods.find(address.target());
    int most = 8 + ofNode.size() + (pod == null ? 0 : pod.size());
    memory.target(most);
    Labels.Builder out = Labels.builder(most);
    out.set(Meta.ADDRESS, Meta.address(address.ip(), ports.of(port.number())));
    if (address.target() != null) {
      Meta.put(out, TARGET_KIND, address.target().kind());
      Meta.put(out, TARGET_NAME, address.target().name());
    }
    Meta.put(out, HOSTNAME, address.hostname());
    Meta.put(out, NODE_NAME, address.nodeName());
    Meta.put(out, PORT_NAME, port.name());
    Meta.put(out, PORT_PROTOCOL, port.protocol());
    out.set(READY, ready).setAll(ofNode);
    if (pod != null) {
      // A matched container port shows the protocol of the endpoint, not its own.
      pod.add(out, port.number(), port.protocol(), ports);
    }
    return out.build();
  }
}
