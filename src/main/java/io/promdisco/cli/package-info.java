/** The command line, and the one place where the parts are joined. */
@Internal
@NullMarked
package io.promdisco.cli;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
