/** The benchmark: a simulated API server and {@code serve} in separate processes. */
@NullMarked
package io.promdisco.cli.bench;

import org.jspecify.annotations.NullMarked;
