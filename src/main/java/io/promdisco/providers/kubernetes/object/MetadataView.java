package io.promdisco.providers.kubernetes.object;

/** An object of which only the metadata matters: a namespace, a replica set, a job. */
public record MetadataView(ObjectMeta meta) implements KubeObject {}
