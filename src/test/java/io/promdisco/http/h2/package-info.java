/** Tests of the client's half of HTTP/2. */
@NullMarked
package io.promdisco.http.h2;

import org.jspecify.annotations.NullMarked;
