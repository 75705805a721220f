/** Targets in files, which are watched ({@code file_sd_configs}). */
@Internal
@NullMarked
package io.promdisco.providers.file;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
