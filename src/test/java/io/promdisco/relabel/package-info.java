/** Relabelling: what Prometheus answered, and the plan against the reference. */
@NullMarked
package io.promdisco.relabel;

import org.jspecify.annotations.NullMarked;
