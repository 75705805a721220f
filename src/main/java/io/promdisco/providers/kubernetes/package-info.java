/** Kubernetes discovery: which watches a role needs, and from a changed object to its groups. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
