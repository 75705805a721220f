package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import java.util.ArrayList;
import java.util.List;

/**
 * A target for each declared port of each container, and one for each container that declares none.
 * A pod without address has no targets; neither has, when nodes are attached, a pod whose node is
 * not known, since a selector may leave the node out.
 */
public final class PodGroupBuilder implements GroupBuilder<PodView> {
  private final AttachMetadata attach;
  private final Attached attached;
  private final PodLabels podLabels;
  private final PortTexts ports = new PortTexts();

  /** Adds the labels that {@code attach} asks for. */
  public PodGroupBuilder(AttachMetadata attach) {
    this.attach = attach;
    attached = new Attached(attach);
    podLabels = new PodLabels(attach);
  }

  @Override
  public String source(ObjectKey key) {
    return "pod/" + key.namespace() + "/" + key.name();
  }

  @Override
  public TargetGroup build(PodView pod, Lookup lookup, GroupMemory memory) {
    String source = source(pod.key());
    if (pod.ip().isEmpty() || (attach.node() && lookup.node(pod.nodeName()) == null)) {
      return TargetGroup.empty(source);
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
    if (targets.isEmpty()) {
      return TargetGroup.empty(source);
    }
    Labels labels = groupLabels(pod, lookup);
    memory.shared(labels, targets.size());
    return new TargetGroup(source, targets, labels);
  }

  private Labels groupLabels(PodView pod, Lookup lookup) {
    String namespace = pod.meta().namespace();
    Labels ofNamespace = attached.namespace(namespace, lookup);
    Labels ofNode = attach.node() ? attached.node(pod.nodeName(), lookup) : Labels.EMPTY;
    Labels.Builder out =
        Labels.builder(1 + ofNamespace.size() + ofNode.size() + PodLabels.count(pod));
    Meta.put(out, Meta.NAMESPACE, namespace);
    out.setAll(ofNamespace).setAll(ofNode);
    podLabels.add(out, pod, lookup);
    return out.build();
  }

  private Labels target(PodView pod, PodView.Container container, PodView.Port port) {
    String number = ports.of(port.number());
    Labels.Builder out = target(Meta.address(pod.ip(), number), container);
    Meta.put(out, PodLabels.PORT_NAME, port.name());
    out.set(PodLabels.PORT_NUMBER, number);
    Meta.put(out, PodLabels.PORT_PROTOCOL, port.protocol());
    return out.build();
  }

  private static Labels.Builder target(String address, PodView.Container container) {
    Labels.Builder out = Labels.builder(8).set(Meta.ADDRESS, address);
    Meta.put(out, PodLabels.CONTAINER_ID, container.id());
    Meta.put(out, PodLabels.CONTAINER_IMAGE, container.image());
    Meta.put(out, PodLabels.CONTAINER_INIT, Meta.text(container.init()));
    Meta.put(out, PodLabels.CONTAINER_NAME, container.name());
    return out;
  }
}
