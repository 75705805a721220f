/** DNS service discovery. */
@NullMarked
package io.promdisco.providers.dns;

import org.jspecify.annotations.NullMarked;
