/** Kubernetes discovery: which watches a role needs, and from a changed object to its groups. */
@NullMarked
package io.promdisco.providers.kubernetes;

import org.jspecify.annotations.NullMarked;
