package io.promdisco.monitors;

/**
 * Names a Secret or a ConfigMap.
 *
 * @param isSecret whether it is a Secret
 */
public record DataName(boolean isSecret, String namespace, String name) {}
