/** The sources of targets, one package each; they never know of each other. */
@Internal
@NullMarked
package io.promdisco.providers;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
