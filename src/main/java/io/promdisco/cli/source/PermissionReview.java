package io.promdisco.cli.source;

import io.promdisco.explain.Absence;
import io.promdisco.explain.Absence.Reason;
import io.promdisco.providers.kubernetes.RequiredPermissions;
import io.promdisco.providers.kubernetes.RequiredPermissions.Permission;
import io.promdisco.providers.kubernetes.WatchedResources.Watched;
import io.promdisco.providers.kubernetes.watch.AccessReview;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;

/** Asks an API server which of the permissions that a source needs its credentials lack. */
final class PermissionReview {
  private static final Logger log = EscapingLogger.of(PermissionReview.class);

  private PermissionReview() {}

  /**
   * Returns all missing permissions in one reason.
   *
   * @param watched the resources that the source watches
   * @return empty if none is missing, or if the server does not answer
   */
  static Optional<Absence> of(ResourceClient client, Collection<Watched> watched)
      throws InterruptedException {
    if (!(client instanceof AccessReview review)) {
      return Optional.empty();
    }
    List<String> missing = new ArrayList<>();
    try {
      for (Permission permission : RequiredPermissions.of(watched)) {
        for (String verb : permission.verbs()) {
          if (!review.allows(verb, permission.resource(), permission.namespace())) {
            missing.add(permission.right(verb, ""));
          }
        }
      }
    } catch (IOException e) {
      log.debug(
          "{}: no access review",
          client.server(),
          e); // The missing permission is already reported.
      return Optional.empty();
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Absence.of(
                Reason.MISSING_PERMISSIONS,
                "the credentials for "
                    + client.server()
                    + " lack the permissions to "
                    + String.join(", ", missing)
                    + " (promdisco rbac prints roles that grant them)"));
  }
}
