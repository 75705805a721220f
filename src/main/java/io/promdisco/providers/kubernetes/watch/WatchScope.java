package io.promdisco.providers.kubernetes.watch;

/**
 * Which objects of a resource to watch.
 *
 * @param namespace empty for all namespaces
 * @param labelSelector empty for all objects
 * @param fieldSelector empty for all objects
 */
public record WatchScope(String namespace, String labelSelector, String fieldSelector) {
  /** All objects. */
  public static final WatchScope ALL = new WatchScope("", "", "");
}
