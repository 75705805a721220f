/** The discovery kinds, with one package for each. They do not depend on each other. */
@Internal
@NullMarked
package io.promdisco.providers;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
