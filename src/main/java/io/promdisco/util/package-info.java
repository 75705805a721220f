/** Utilities without knowledge of discovery: time, threads, files, text and limits. */
@Internal
@NullMarked
package io.promdisco.util;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
