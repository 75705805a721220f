/** Why something is a target or is not: which rule, or what about the object or the source. */
@NullMarked
package io.promdisco.explain;

import org.jspecify.annotations.NullMarked;
