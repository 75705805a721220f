/** What a section of the configuration consists of: one description of a key serves all uses. */
@Internal
@NullMarked
package io.promdisco.config.table;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
