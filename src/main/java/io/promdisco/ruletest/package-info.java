/** Unit tests for scrape configurations: reading, running and reporting them. */
@Internal
@NullMarked
package io.promdisco.ruletest;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
