/**
 * Tests of relabelling: against recorded answers of Prometheus, and the plan against the reference.
 */
@NullMarked
package io.promdisco.relabel;

import org.jspecify.annotations.NullMarked;
