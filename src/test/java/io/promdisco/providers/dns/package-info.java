/** Targets in the domain name system. */
@NullMarked
package io.promdisco.providers.dns;

import org.jspecify.annotations.NullMarked;
