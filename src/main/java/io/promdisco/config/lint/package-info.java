/** Warnings about settings that are valid but probably a mistake, for whole jobs. */
@Internal
@NullMarked
package io.promdisco.config.lint;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
