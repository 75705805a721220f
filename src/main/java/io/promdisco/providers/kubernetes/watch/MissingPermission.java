package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.Resource;

/** The message for an API server's 403: which permission the credentials lack. */
final class MissingPermission {
  /** The beginning of every such message. */
  static final String START = "403 Forbidden";

  private MissingPermission() {}

  /** Returns the message for reading these objects. */
  static String message(Resource<?> resource, WatchScope scope) {
    return START
        + " to list and watch "
        + resource.plural()
        + WatchErrorMessage.where(resource, scope)
        + ": grant "
        + rule(resource, scope);
  }

  /** Returns the rule that allows reading these objects, as in RBAC. */
  private static String rule(Resource<?> resource, WatchScope scope) {
    String rule =
        "verbs [list, watch] on resource \""
            + resource.plural()
            + "\" in apiGroup \""
            + resource.group()
            + "\"";
    return scope.namespace().isEmpty() || !resource.namespaced()
        ? rule + " (ClusterRole)"
        : rule + " (ClusterRole, or Role in namespace \"" + scope.namespace() + "\")";
  }
}
