/** Runs discovery under faults for a long time and checks that nothing grows. */
@NullMarked
package io.promdisco.soak;

import org.jspecify.annotations.NullMarked;
