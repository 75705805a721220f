/** Tests of target building, scrape pools, listeners and documents. */
@NullMarked
package io.promdisco.scrape;

import org.jspecify.annotations.NullMarked;
