/** Tests of the six builders, one property at a time. */
@NullMarked
package io.promdisco.providers.kubernetes.role;

import org.jspecify.annotations.NullMarked;
