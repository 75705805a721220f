/** Tests over all packages. */
@NullMarked
package io.promdisco;

import org.jspecify.annotations.NullMarked;
