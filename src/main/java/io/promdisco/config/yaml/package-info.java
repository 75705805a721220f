/** Reads YAML as strictly as Prometheus, and reports every problem with its place. */
@NullMarked
package io.promdisco.config.yaml;

import org.jspecify.annotations.NullMarked;
