/** Providers, the target pool and the sender: from scrape configs to changed target groups. */
@NullMarked
package io.promdisco.discovery;

import org.jspecify.annotations.NullMarked;
