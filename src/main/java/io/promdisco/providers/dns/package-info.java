/** Targets in the domain name system ({@code dns_sd_configs}); the only importer of dnsjava. */
@NullMarked
package io.promdisco.providers.dns;

import org.jspecify.annotations.NullMarked;
