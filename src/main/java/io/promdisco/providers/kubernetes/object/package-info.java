/** Slim immutable views of the Kubernetes objects, holding only what discovery reads. */
@NullMarked
package io.promdisco.providers.kubernetes.object;

import org.jspecify.annotations.NullMarked;
