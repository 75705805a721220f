/** Kubernetes objects from files: discovery without an API server. */
@Internal
@NullMarked
package io.promdisco.offline;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
