/** The Prometheus configuration: reading, checking and the records it becomes. */
@NullMarked
package io.promdisco.config;

import org.jspecify.annotations.NullMarked;
