/**
 * The target allocator: its configuration, its collectors, and the share of each in every job. The
 * protocol is in {@code server}.
 */
@Internal
@NullMarked
package io.promdisco.allocator;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
