/** The sources of targets, one package each; they never know of each other. */
@NullMarked
package io.promdisco.providers;

import org.jspecify.annotations.NullMarked;
