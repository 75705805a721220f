/** Small immutable views of Kubernetes objects, with only the fields that discovery reads. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.object;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
