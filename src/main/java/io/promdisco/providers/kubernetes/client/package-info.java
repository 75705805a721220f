/** Chooses an API server, sends requests to it, and opens clients of it. */
@NullMarked
package io.promdisco.providers.kubernetes.client;

import org.jspecify.annotations.NullMarked;
