package io.promdisco.providers.kubernetes.watch;

/**
 * Which objects of a resource.
 *
 * @param namespace empty: all namespaces
 * @param labelSelector empty: all
 * @param fieldSelector empty: all
 */
public record Scope(String namespace, String labelSelector, String fieldSelector) {
  /** All objects. */
  public static final Scope ALL = new Scope("", "", "");
}
