/** Tests of the small tools. */
@NullMarked
package io.promdisco.util;

import org.jspecify.annotations.NullMarked;
