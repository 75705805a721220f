/** Readers of the sections of a configuration, and the interface for readers of third parties. */
@NullMarked
package io.promdisco.config.section;

import org.jspecify.annotations.NullMarked;
