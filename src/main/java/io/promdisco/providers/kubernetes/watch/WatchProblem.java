package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;

/** Says in one line what keeps a watch from working, and what to do. */
final class WatchProblem {
  private WatchProblem() {}

  static String describe(IOException error, String server, Resource<?> resource, Scope scope) {
    if (!(error instanceof ApiException refused)) {
      return String.valueOf(error.getMessage());
    }
    String text = server + ": " + resource.plural() + where(scope) + ": " + refused.code();
    String said = refused.getMessage() == null ? "" : ": " + refused.getMessage();
    return switch (refused.code()) {
      case 401 ->
          text
              + " unauthorized: the token or certificate is missing, wrong or expired (expected:"
              + " credentials that the API server knows)"
              + said;
      case 403 -> text + " forbidden: " + missingRule(resource, scope) + said;
      case 404 ->
          text
              + " not found: the API server does not have "
              + resource.apiVersion()
              + " "
              + resource.plural()
              + said;
      case 429 -> text + " too many requests: the API server asks to wait" + said;
      default -> text + (refused.reason().isEmpty() ? "" : " " + refused.reason()) + said;
    };
  }

  private static String missingRule(Resource<?> resource, Scope scope) {
    String rule =
        "grant verbs [\"list\", \"watch\"] on resources [\""
            + resource.plural()
            + "\"] in apiGroups [\""
            + resource.group()
            + "\"]";
    return scope.namespace().isEmpty() || !resource.namespaced()
        ? rule + " by a ClusterRole"
        : rule + " by a Role in namespace \"" + scope.namespace() + "\"";
  }

  static String where(Scope scope) {
    return scope.namespace().isEmpty() ? "" : " in namespace \"" + scope.namespace() + "\"";
  }
}
