/** HTTP service discovery ({@code http_sd_configs}). */
@Internal
@NullMarked
package io.promdisco.providers.http;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
