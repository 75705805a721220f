/** Tests of io.promdisco.config.load. */
@NullMarked
package io.promdisco.config.load;

import org.jspecify.annotations.NullMarked;
