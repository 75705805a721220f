/** YAML as go-yaml v2 reads it, which Prometheus and kubectl use: from bytes to nodes. */
@Internal
@NullMarked
package io.promdisco.yaml;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
