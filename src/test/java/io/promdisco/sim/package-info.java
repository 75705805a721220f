/** Tests of the simulated API server. */
@NullMarked
package io.promdisco.sim;

import org.jspecify.annotations.NullMarked;
