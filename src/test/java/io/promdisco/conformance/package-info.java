/** Whole runs against what a real Prometheus answered. */
@NullMarked
package io.promdisco.conformance;

import org.jspecify.annotations.NullMarked;
