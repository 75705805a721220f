/** Targets in files, which are watched ({@code file_sd_configs}). */
@NullMarked
package io.promdisco.providers.file;

import org.jspecify.annotations.NullMarked;
