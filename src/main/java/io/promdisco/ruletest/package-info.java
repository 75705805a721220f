/** Unit tests for scrape configurations: what a test file says, its run, its verdict. */
@NullMarked
package io.promdisco.ruletest;

import org.jspecify.annotations.NullMarked;
