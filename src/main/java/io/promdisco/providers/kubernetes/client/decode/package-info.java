/** Reads what API servers and manifests contain: protobuf, JSON, and the types of YAML scalars. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.client.decode;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
