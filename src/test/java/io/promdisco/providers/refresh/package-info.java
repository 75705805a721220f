/** Tests of the refresh loop with a manual clock. */
@NullMarked
package io.promdisco.providers.refresh;

import org.jspecify.annotations.NullMarked;
