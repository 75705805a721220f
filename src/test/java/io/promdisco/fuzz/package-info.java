/**
 * Fuzz tests. A usual build runs their seeds, in {@code src/test/resources}; {@code ./mvnw -Pfuzz
 * test} lets Jazzer look for more.
 */
@NullMarked
package io.promdisco.fuzz;

import org.jspecify.annotations.NullMarked;
