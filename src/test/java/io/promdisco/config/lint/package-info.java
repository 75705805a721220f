/** Tests of io.promdisco.config.lint. */
@NullMarked
package io.promdisco.config.lint;

import org.jspecify.annotations.NullMarked;
