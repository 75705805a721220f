/** Counters, gauges and timers as small interfaces, with an implementation without effect. */
@NullMarked
package io.promdisco.metrics;

import org.jspecify.annotations.NullMarked;
