/** A simulated Kubernetes API server, for the demo, for discovery from dumps and for tests. */
@Internal
@NullMarked
package io.promdisco.sim;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
