/** From scrape configs to changed target groups: providers, the target pool and the sender. */
@NullMarked
package io.promdisco.discovery;

import org.jspecify.annotations.NullMarked;
