/** From target groups to scrape targets: relabelling, active and dropped targets, what changed. */
@NullMarked
package io.promdisco.scrape;

import org.jspecify.annotations.NullMarked;
