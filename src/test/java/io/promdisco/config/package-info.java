/** The configuration: recorded verdicts of promtool, and mistakes with their places. */
@NullMarked
package io.promdisco.config;

import org.jspecify.annotations.NullMarked;
