package io.promdisco.providers.kubernetes.object;

/** A view of a Kubernetes object. All views are immutable records. */
public interface KubeObject {
  /** Name, labels and other metadata. */
  ObjectMeta meta();

  /** Namespace and name. */
  default ObjectKey key() {
    return meta().key();
  }
}
