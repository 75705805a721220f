/** Chooses an API server, sends requests to it, and opens clients of it. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.client;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
