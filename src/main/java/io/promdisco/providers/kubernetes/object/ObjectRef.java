package io.promdisco.providers.kubernetes.object;

/**
 * A reference to another object.
 *
 * @param kind for example {@code Pod}
 * @param namespace may be empty
 */
public record ObjectRef(String kind, String namespace, String name) {}
