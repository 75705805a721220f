/**
 * Prometheus Operator resources (ServiceMonitor, PodMonitor, Probe, ScrapeConfig) as scrape
 * configurations.
 */
@NullMarked
package io.promdisco.monitors;

import org.jspecify.annotations.NullMarked;
