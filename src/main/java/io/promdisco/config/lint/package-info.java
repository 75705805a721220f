/** Advice on what is legal but surely not meant, over whole jobs. */
@Internal
@NullMarked
package io.promdisco.config.lint;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
