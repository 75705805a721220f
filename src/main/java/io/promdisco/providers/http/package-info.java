/** Targets that web servers list ({@code http_sd_configs}). */
@NullMarked
package io.promdisco.providers.http;

import org.jspecify.annotations.NullMarked;
