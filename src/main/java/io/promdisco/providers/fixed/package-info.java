/** Targets written in the configuration itself ({@code static_configs}). */
@Internal
@NullMarked
package io.promdisco.providers.fixed;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
