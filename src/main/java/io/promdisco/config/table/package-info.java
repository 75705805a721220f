/** What a section of the configuration consists of: one description of a key serves all uses. */
@NullMarked
package io.promdisco.config.table;

import org.jspecify.annotations.NullMarked;
