package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.Resource;

/** Says which permission a user lacks when an API server answers 403. */
final class MissingPermission {
  private MissingPermission() {}

  /** The rule that lets these objects be read, as RBAC spells it. */
  static String rule(Resource<?> resource, WatchScope scope) {
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
