package io.promdisco.providers.kubernetes.watch;

/**
 * Which objects of a resource.
 *
 * @param namespace empty: all namespaces
 * @param labelSelector empty: all
 * @param fieldSelector empty: all
 */
public record WatchScope(String namespace, String labelSelector, String fieldSelector) {
  /** All objects. */
  public static final WatchScope ALL = new WatchScope("", "", "");
}
