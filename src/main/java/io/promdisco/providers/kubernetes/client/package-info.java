/** Requests and decoders. */
@NullMarked
package io.promdisco.providers.kubernetes.client;

import org.jspecify.annotations.NullMarked;
