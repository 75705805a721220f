package io.promdisco.providers.kubernetes.object;

/** An object whose metadata is enough: a namespace, a replica set, a job. */
public record MetadataView(ObjectMeta meta) implements KubeObject {}
