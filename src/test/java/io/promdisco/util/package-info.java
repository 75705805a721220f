/** Tests of the general helpers. */
@NullMarked
package io.promdisco.util;

import org.jspecify.annotations.NullMarked;
