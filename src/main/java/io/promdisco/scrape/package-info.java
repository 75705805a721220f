/** Makes scrape targets from target groups: relabelling, active and dropped targets, changes. */
@NullMarked
package io.promdisco.scrape;

import org.jspecify.annotations.NullMarked;
