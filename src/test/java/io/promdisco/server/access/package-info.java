@NullMarked
package io.promdisco.server.access;

import org.jspecify.annotations.NullMarked;
