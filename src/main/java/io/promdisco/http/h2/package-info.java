/**
 * The client's half of HTTP/2 (RFC 9113), as far as streams of large answers need it: GET requests
 * over one connection, read in large pieces by one thread that copies each byte once.
 */
@NullMarked
package io.promdisco.http.h2;

import org.jspecify.annotations.NullMarked;
