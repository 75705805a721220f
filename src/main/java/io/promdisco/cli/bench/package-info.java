/** The benchmark: a simulated API server and {@code serve} in processes of their own. */
@NullMarked
package io.promdisco.cli.bench;

import org.jspecify.annotations.NullMarked;
