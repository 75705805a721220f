/** Follows Prometheus Operator resources of a cluster. */
@Internal
@NullMarked
package io.promdisco.monitors.live;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
