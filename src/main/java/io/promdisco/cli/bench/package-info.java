/** The benchmark: a simulated API server and {@code serve} in separate processes. */
@Internal
@NullMarked
package io.promdisco.cli.bench;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
