/** Tests of the HTTP client. */
@NullMarked
package io.promdisco.http;

import org.jspecify.annotations.NullMarked;
