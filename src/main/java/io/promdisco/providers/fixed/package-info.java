/** Static targets ({@code static_configs}). */
@Internal
@NullMarked
package io.promdisco.providers.fixed;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
