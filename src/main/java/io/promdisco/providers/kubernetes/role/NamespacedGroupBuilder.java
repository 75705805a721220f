package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the groups of objects that have a namespace. */
abstract class NamespacedGroupBuilder<V extends KubeObject> implements GroupBuilder<V> {
  final AttachMetadata attach;
  final PortTexts ports = new PortTexts();
  private final AttachedLabels attached;
  private final String kind;

  /**
   * Creates a builder.
   *
   * @param kind the first part of the sources of its groups
   * @param attach the labels to add
   */
  NamespacedGroupBuilder(String kind, AttachMetadata attach) {
    this.kind = kind;
    this.attach = attach;
    attached = new AttachedLabels(attach);
  }

  @Override
  public final String source(ObjectKey key) {
    return kind + "/" + key.namespace() + "/" + key.name();
  }

  /** Returns the group of {@code object}; an empty one if there are no targets. */
  final TargetGroup group(V object, List<Labels> targets, ObjectLookup lookup, GroupMemory memory) {
    String source = source(object.key());
    if (targets.isEmpty()) {
      return TargetGroup.empty(source);
    }
    Labels labels = groupLabels(object, lookup);
    memory.shared(labels, targets.size());
    return new TargetGroup(source, targets, labels);
  }

  /** Returns the labels that all targets of {@code object} have. */
  abstract Labels groupLabels(V object, ObjectLookup lookup);

  /** Returns the labels of the object's namespace; empty if they are not attached. */
  final Labels ofNamespace(V object, ObjectLookup lookup) {
    return attached.namespace(object.key().namespace(), lookup);
  }

  /** Returns the labels of the node {@code name}; empty if they are not attached. */
  final Labels ofNode(@Nullable String name, ObjectLookup lookup) {
    return attach.node() ? attached.node(name, lookup) : Labels.EMPTY;
  }
}
