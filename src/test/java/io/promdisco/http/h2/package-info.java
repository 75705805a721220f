/** Tests of the HTTP/2 connection. */
@NullMarked
package io.promdisco.http.h2;

import org.jspecify.annotations.NullMarked;
