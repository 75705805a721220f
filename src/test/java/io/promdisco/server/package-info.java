/** Tests of the HTTP server, over real connections of this machine. */
@NullMarked
package io.promdisco.server;

import org.jspecify.annotations.NullMarked;
