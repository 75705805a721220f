/**
 * Kubernetes service discovery: the watches that a role needs, and the groups that a changed object
 * affects.
 */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
