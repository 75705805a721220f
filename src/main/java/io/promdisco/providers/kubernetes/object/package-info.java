/** Slim immutable views of the Kubernetes objects, holding only what discovery reads. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.object;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
