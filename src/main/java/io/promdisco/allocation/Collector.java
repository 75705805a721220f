package io.promdisco.allocation;

/**
 * A program that takes a share of the targets.
 *
 * @param name the id with which it asks
 * @param node the node that it runs on; empty: unknown
 */
public record Collector(String name, String node) {}
