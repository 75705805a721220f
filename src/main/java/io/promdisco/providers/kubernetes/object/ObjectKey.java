package io.promdisco.providers.kubernetes.object;

/**
 * Namespace and name of an object.
 *
 * @param namespace empty for objects that have none
 * @param name its name
 */
public record ObjectKey(String namespace, String name) {
  /** {@code namespace/name}, or the name alone where there is no namespace. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
