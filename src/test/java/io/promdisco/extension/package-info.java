/** A source of targets as a third party would add it, with promdisco's public API only. */
@NullMarked
package io.promdisco.extension;

import org.jspecify.annotations.NullMarked;
