/** Reads YAML as strictly as Prometheus: every problem has a place. */
@NullMarked
package io.promdisco.config.yaml;

import org.jspecify.annotations.NullMarked;
