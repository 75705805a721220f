/** An HTTP client with Prometheus's HTTP client settings, based on HttpComponents. */
@NullMarked
package io.promdisco.http;

import org.jspecify.annotations.NullMarked;
