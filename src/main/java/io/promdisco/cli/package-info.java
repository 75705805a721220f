/** The command line, and the only place where all parts are joined. */
@Internal
@NullMarked
package io.promdisco.cli;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
