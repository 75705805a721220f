/** The HTTP API, over read-only views. */
@NullMarked
package io.promdisco.server;

import org.jspecify.annotations.NullMarked;
