/** Relabel rules and their evaluation: pure functions from label set to label set. */
@NullMarked
package io.promdisco.relabel;

import org.jspecify.annotations.NullMarked;
