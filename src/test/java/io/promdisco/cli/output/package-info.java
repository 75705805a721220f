/** The command line through its real entry point. */
@NullMarked
package io.promdisco.cli.output;

import org.jspecify.annotations.NullMarked;
