package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectMeta;

/** The labels of a service for its own group and for those of its endpoints. */
final class ServiceLabels {
  private static final String NAME = MetaLabels.PREFIX + "service_name";

  private final ObjectLabels own = new ObjectLabels("service");

  /** Adds all labels but the namespace in the order of their names. */
  void add(Labels.Builder out, ObjectMeta service) {
    own.addAnnotations(out, service);
    own.addLabels(out, service);
    MetaLabels.put(out, NAME, service.name());
  }
}
