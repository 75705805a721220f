/** Tests of the manager, the pool and the sender, with discoverers that the test controls. */
@NullMarked
package io.promdisco.discovery;

import org.jspecify.annotations.NullMarked;
