/** The command line, and the one place where the parts are joined. */
@NullMarked
package io.promdisco.cli;

import org.jspecify.annotations.NullMarked;
