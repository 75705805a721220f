/** Requests, streams and decoders. The only importer of fabric8. */
@NullMarked
package io.promdisco.providers.kubernetes.client;

import org.jspecify.annotations.NullMarked;
