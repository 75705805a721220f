/** Tests of the HTTP server, over real local connections. */
@NullMarked
package io.promdisco.server;

import org.jspecify.annotations.NullMarked;
