/** Reads what API servers and manifests contain: protobuf, JSON, and the types of YAML. */
@NullMarked
package io.promdisco.providers.kubernetes.client.decode;

import org.jspecify.annotations.NullMarked;
