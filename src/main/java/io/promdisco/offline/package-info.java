/** Kubernetes objects out of files: discovery without an API server. */
@Internal
@NullMarked
package io.promdisco.offline;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
