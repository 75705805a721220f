/** File service discovery ({@code file_sd_configs}), with watched files. */
@Internal
@NullMarked
package io.promdisco.providers.file;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
