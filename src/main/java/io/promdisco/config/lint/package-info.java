/** Advice on what is legal but surely not meant, over whole jobs. */
@NullMarked
package io.promdisco.config.lint;

import org.jspecify.annotations.NullMarked;
