package io.promdisco.providers.kubernetes.role;

import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectMeta;
import io.promdisco.providers.kubernetes.object.ServiceView;
import org.jspecify.annotations.Nullable;

/** Builds groups of endpoints, whose labels depend on their service and their pods. */
abstract class AbstractEndpointsGroupBuilder<V extends KubeObject>
    extends NamespacedGroupBuilder<V> {
  private final String nameLabel;
  private final ObjectLabels own;
  private final ServiceLabels serviceLabels = new ServiceLabels();
  private final PodLabels podLabels;

  AbstractEndpointsGroupBuilder(String kind, AttachMetadata attach) {
    super(kind, attach);
    nameLabel = MetaLabels.PREFIX + kind + "_name";
    own = new ObjectLabels(kind);
    podLabels = new PodLabels(attach);
  }

  /** Returns the pods behind one object's endpoints. */
  final EndpointPods pods(ObjectLookup lookup) {
    return new EndpointPods(podLabels, ports, lookup);
  }

  /** Returns the service of {@code object}, or null. */
  abstract @Nullable ServiceView service(V object, ObjectLookup lookup);

  /** Sets the labels of a group that come before those of annotations in the order of names. */
  void addFirst(Labels.Builder out, V object) {}

  @Override
  final Labels groupLabels(V object, ObjectLookup lookup) {
    ObjectMeta meta = object.meta();
    ServiceView service = service(object, lookup);
    Labels ofNamespace = ofNamespace(object, lookup);
    int ofService = service == null ? 0 : ObjectLabels.count(service.meta()) + 1;
    Labels.Builder out =
        Labels.builder(3 + ObjectLabels.count(meta) + ofNamespace.size() + ofService);
    addFirst(out, object);
    own.addAnnotations(out, meta);
    own.addLabels(out, meta);
    MetaLabels.put(out, nameLabel, meta.name());
    MetaLabels.put(out, MetaLabels.NAMESPACE, meta.namespace());
    out.setAll(ofNamespace);
    if (service != null) {
      serviceLabels.add(out, service.meta());
    }
    return out.build();
  }
}
