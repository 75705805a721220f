/** An HTTP client that does as Prometheus's HTTP client settings say, over HttpComponents. */
@NullMarked
package io.promdisco.http;

import org.jspecify.annotations.NullMarked;
