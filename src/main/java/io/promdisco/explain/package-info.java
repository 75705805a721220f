/** Why something is a target or is not: which rule, or what about the object or the source. */
@Internal
@NullMarked
package io.promdisco.explain;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
