package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;

/** Asks an API server which permissions the credentials have. Safe for all threads. */
public interface AccessReview {
  /**
   * Whether the server allows an action, according to its {@code SelfSubjectAccessReview}.
   *
   * @param verb for example {@code list} or {@code watch}
   * @param namespace the namespace; empty for all namespaces, or if the resource has none
   * @throws ApiException if the server rejects the request
   * @throws IOException if it cannot be reached or its answer is invalid
   */
  boolean allows(String verb, Resource<?> resource, String namespace)
      throws IOException, InterruptedException;
}
