/**
 * Prometheus Operator resources (ServiceMonitor, PodMonitor, Probe, ScrapeConfig) as scrape
 * configurations.
 */
@Internal
@NullMarked
package io.promdisco.monitors;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
