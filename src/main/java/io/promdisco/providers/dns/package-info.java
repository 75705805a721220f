/** Targets in the domain name system ({@code dns_sd_configs}); the only importer of dnsjava. */
@Internal
@NullMarked
package io.promdisco.providers.dns;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
