/** Targets written in the configuration itself ({@code static_configs}). */
@NullMarked
package io.promdisco.providers.fixed;

import org.jspecify.annotations.NullMarked;
