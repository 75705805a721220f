/** Pure builders from a view to its target group, one for each role. */
@NullMarked
package io.promdisco.providers.kubernetes.role;

import org.jspecify.annotations.NullMarked;
