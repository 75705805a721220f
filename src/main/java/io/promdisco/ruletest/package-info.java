/** Unit tests for scrape configurations: what a test file says, its run, its verdict. */
@Internal
@NullMarked
package io.promdisco.ruletest;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
