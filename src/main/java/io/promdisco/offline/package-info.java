/** Kubernetes objects out of files: discovery without an API server. */
@NullMarked
package io.promdisco.offline;

import org.jspecify.annotations.NullMarked;
