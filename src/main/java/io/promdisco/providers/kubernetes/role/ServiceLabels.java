package io.promdisco.providers.kubernetes.role;

import io.promdisco.model.Labels;
import io.promdisco.providers.kubernetes.object.ObjectMeta;

/** The labels that a service gives to its own group and to those of its endpoints. */
final class ServiceLabels {
  private static final String NAME = MetaLabels.PREFIX + "service_name";

  private final ObjectLabels own = new ObjectLabels("service");

  /** Sets all but the namespace, in order of names. */
  void add(Labels.Builder out, ObjectMeta service) {
    own.addAnnotations(out, service);
    own.addLabels(out, service);
    MetaLabels.put(out, NAME, service.name());
  }
}
