/** Readers of the sections of a configuration, and the interface for third-party readers. */
@NullMarked
package io.promdisco.config.section;

import org.jspecify.annotations.NullMarked;
