/**
 * Descriptions of the keys of the configuration. One description serves reading, display and
 * documentation.
 */
@Internal
@NullMarked
package io.promdisco.config.table;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
