/** Prometheus-style service discovery for the JVM. Start at {@link io.promdisco.Promdisco}. */
@NullMarked
package io.promdisco;

import org.jspecify.annotations.NullMarked;
