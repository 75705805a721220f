/** Tests of the manager, the pool and the sender, on discoverers that do what the test says. */
@NullMarked
package io.promdisco.discovery;

import org.jspecify.annotations.NullMarked;
