/** Reads configuration files. */
@NullMarked
package io.promdisco.config.load;

import org.jspecify.annotations.NullMarked;
