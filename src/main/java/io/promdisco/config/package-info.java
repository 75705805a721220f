/** The Prometheus configuration: reading it, checking it, and its records. */
@NullMarked
package io.promdisco.config;

import org.jspecify.annotations.NullMarked;
