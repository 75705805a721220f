/** The six builders, one fact at a time. */
@NullMarked
package io.promdisco.providers.kubernetes.role;

import org.jspecify.annotations.NullMarked;
