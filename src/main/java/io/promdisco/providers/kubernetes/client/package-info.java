/** Chooses an API server, opens clients of it, and sends requests to it. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.client;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
