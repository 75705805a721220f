/** DNS service discovery ({@code dns_sd_configs}). No other package imports dnsjava. */
@Internal
@NullMarked
package io.promdisco.providers.dns;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
