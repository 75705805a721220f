package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.PodView;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a target for each declared port of each container, and one for each container that declares
 * none. A pod without an address has no targets. With attached nodes, a pod on an unknown node has
 * none either, because a selector may exclude the node.
 */
public final class PodGroupBuilder extends NamespacedGroupBuilder<PodView> {
  private final PodLabels podLabels;

  /** Creates a builder that adds the labels of {@code attach}. */
  public PodGroupBuilder(AttachMetadata attach) {
    super("pod", attach);
    podLabels = new PodLabels(attach);
  }

  @Override
  public TargetGroup build(PodView pod, ObjectLookup lookup, GroupMemory memory) {
    if (pod.ip().isEmpty() || (attach.node() && lookup.node(pod.nodeName()) == null)) {
      return TargetGroup.empty(source(pod.key()));
    }
    List<Labels> targets = new ArrayList<>();
    for (PodView.Container container : pod.containers()) {
      if (container.ports().isEmpty()) {
        targets.add(target(pod.ip(), container).build());
      }
      for (PodView.Port port : container.ports()) {
        memory.target(8);
        targets.add(target(pod, container, port));
      }
    }
    return group(pod, targets, lookup, memory);
  }

  @Override
  Labels groupLabels(PodView pod, ObjectLookup lookup) {
    Labels ofNamespace = ofNamespace(pod, lookup);
    Labels ofNode = ofNode(pod.nodeName(), lookup);
    Labels.Builder out =
        Labels.builder(1 + ofNamespace.size() + ofNode.size() + PodLabels.count(pod));
    MetaLabels.put(out, MetaLabels.NAMESPACE, pod.meta().namespace());
    out.setAll(ofNamespace).setAll(ofNode);
    podLabels.add(out, pod, lookup);
    return out.build();
  }

  private Labels target(PodView pod, PodView.Container container, PodView.Port port) {
    String number = ports.of(port.number());
    Labels.Builder out = target(MetaLabels.address(pod.ip(), number), container);
    MetaLabels.put(out, PodLabels.PORT_NAME, port.name());
    out.set(PodLabels.PORT_NUMBER, number);
    MetaLabels.put(out, PodLabels.PORT_PROTOCOL, port.protocol());
    return out.build();
  }

  private static Labels.Builder target(String address, PodView.Container container) {
    Labels.Builder out = Labels.builder(8).set(MetaLabels.ADDRESS, address);
    MetaLabels.put(out, PodLabels.CONTAINER_ID, container.id());
    MetaLabels.put(out, PodLabels.CONTAINER_IMAGE, container.image());
    MetaLabels.put(out, PodLabels.CONTAINER_INIT, MetaLabels.text(container.init()));
    MetaLabels.put(out, PodLabels.CONTAINER_NAME, container.name());
    return out;
  }
}
