/** The command line through its real entry point. */
@NullMarked
package io.promdisco.cli;

import org.jspecify.annotations.NullMarked;
