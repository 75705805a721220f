package io.promdisco.monitors;

/**
 * What one setting says of a resource.
 *
 * @param setting the key, as {@code prometheus_cr.service_monitor_selector}
 * @param selects whether it lets the resource count
 * @param reason why, for people
 */
public record SelectionStep(String setting, boolean selects, String reason) {}
