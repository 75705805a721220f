package io.promdisco.model;

/**
 * Names a target group in the pool.
 *
 * @param provider the provider's name, as {@code kubernetes/0}: unique in one manager
 * @param source the group's source within the provider
 */
public record GroupKey(String provider, String source) {}
