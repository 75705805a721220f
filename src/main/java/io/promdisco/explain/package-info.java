/**
 * Explains why something is a target or not: which rule decides, or what is wrong with the object
 * or the source.
 */
@Internal
@NullMarked
package io.promdisco.explain;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
