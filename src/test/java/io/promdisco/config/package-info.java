/** The configuration: what promtool answered, and our own mistakes with their places. */
@NullMarked
package io.promdisco.config;

import org.jspecify.annotations.NullMarked;
