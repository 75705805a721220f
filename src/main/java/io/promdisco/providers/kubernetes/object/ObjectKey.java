package io.promdisco.providers.kubernetes.object;

/**
 * Namespace and name of an object.
 *
 * @param namespace empty for objects that have none
 */
public record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {
  /** By namespace, then by name. With an order, the JDK's maps stay fast with equal hashes. */
  @Override
  public int compareTo(ObjectKey other) {
    int order = namespace.compareTo(other.namespace);
    return order != 0 ? order : name.compareTo(other.name);
  }

  /** {@code namespace/name}, or the name alone where there is no namespace. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
