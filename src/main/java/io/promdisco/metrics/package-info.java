/** Counters and gauges behind small interfaces, each with an implementation that does nothing. */
@NullMarked
package io.promdisco.metrics;

import org.jspecify.annotations.NullMarked;
