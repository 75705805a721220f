package io.promdisco.providers.kubernetes.object;

/**
 * Namespace and name of an object.
 *
 * @param namespace empty for objects that have none
 */
public record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {
  /**
   * Compares namespaces, then names. Comparable keys keep the JDK's maps fast if hashes collide.
   */
  @Override
  public int compareTo(ObjectKey other) {
    int order = namespace.compareTo(other.namespace);
    return order != 0 ? order : name.compareTo(other.name);
  }

  /** Returns {@code namespace/name}, or only the name if there is no namespace. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
