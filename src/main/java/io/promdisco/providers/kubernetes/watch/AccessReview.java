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
  default boolean allows(String verb, Resource<?> resource, String namespace)
      throws IOException, InterruptedException {
    return allows(verb, resource, namespace, "");
  }

  /**
   * Whether the server would let these credentials do this to one object.
   *
   * @param verb as {@code list} or {@code watch}
   * @param namespace empty: in all namespaces, or the resource has none
   * @param name of the object; empty: to all objects
   * @throws ApiException if the server refuses to say
   * @throws IOException if it cannot be reached or talks rubbish
   */
  boolean allows(String verb, Resource<?> resource, String namespace, String name)
      throws IOException, InterruptedException;
}
