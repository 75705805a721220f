package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The labels of nodes and namespaces that are added to other objects' groups and targets. */
final class AttachedLabels {
  private static final String NODE_NAME = MetaLabels.PREFIX + "node_name";

  private final AttachMetadata attach;
  private final ObjectLabels nodeLabels = new ObjectLabels("node");
  private final ObjectLabels namespaceLabels = new ObjectLabels("namespace");
  private final LabelCache nodes = new LabelCache(this::nodeLabels);
  private final LabelCache namespaces = new LabelCache(this::namespaceLabels);

  AttachedLabels(AttachMetadata attach) {
    this.attach = attach;
  }

  /** Returns the labels of the namespace {@code name}; empty if it is unknown or not requested. */
  Labels namespace(String name, ObjectLookup lookup) {
    return attach.namespace() ? namespaces.of(lookup.namespace(name)) : Labels.EMPTY;
  }

  /** Returns the labels of the node {@code name}; empty if it is unknown or null. */
  Labels node(@Nullable String name, ObjectLookup lookup) {
    return name == null ? Labels.EMPTY : nodes.of(lookup.node(name));
  }

  private Labels nodeLabels(ObjectMeta meta) {
    Labels.Builder out = Labels.builder(ObjectLabels.count(meta) + 1);
    nodeLabels.addAnnotations(out, meta);
    nodeLabels.addLabels(out, meta);
    MetaLabels.put(out, NODE_NAME, meta.name());
    return out.build();
  }

  private Labels namespaceLabels(ObjectMeta meta) {
    Labels.Builder out = Labels.builder(ObjectLabels.count(meta));
    namespaceLabels.addAnnotations(out, meta);
    namespaceLabels.addLabels(out, meta);
    return out.build();
  }

  /** Labels made from an object, stored until another version of it is requested. */
  private static final class LabelCache {
    private static final int MOST = 10_000;

    private final Map<String, CachedLabels> known = new HashMap<>();
    private final Function<ObjectMeta, Labels> maker;

    private record CachedLabels(ObjectMeta meta, Labels labels) {}

    LabelCache(Function<ObjectMeta, Labels> maker) {
      this.maker = maker;
    }

    @SuppressWarnings("ReferenceEquality") // the same object, because comparing contents costs more
    Labels of(@Nullable KubeObject object) {
      if (object == null) {
        return Labels.EMPTY;
      }
      ObjectMeta meta = object.meta();
      CachedLabels last = known.get(meta.name());
      if (last != null && last.meta == meta) {
        return last.labels;
      }
      if (last == null && known.size() >= MOST) {
        known.clear();
      }
      Labels labels = maker.apply(meta);
      known.put(meta.name(), new CachedLabels(meta, labels));
      return labels;
    }
  }
}
