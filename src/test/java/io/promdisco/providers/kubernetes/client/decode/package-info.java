/** Tests of the decoders. */
@NullMarked
package io.promdisco.providers.kubernetes.client.decode;

import org.jspecify.annotations.NullMarked;
