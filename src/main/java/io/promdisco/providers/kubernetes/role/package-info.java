/** Pure builders from a view to its target group, one for each role. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.role;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
