/** YAML as go-yaml v2 reads it, which Prometheus and kubectl use: from bytes to nodes. */
@NullMarked
package io.promdisco.yaml;

import org.jspecify.annotations.NullMarked;
