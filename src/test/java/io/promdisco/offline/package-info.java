/** Tests of the simulated API server. */
@NullMarked
package io.promdisco.offline;

import org.jspecify.annotations.NullMarked;
