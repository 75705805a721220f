/** The refresh loop under a clock of the test's own. */
@NullMarked
package io.promdisco.providers.refresh;

import org.jspecify.annotations.NullMarked;
