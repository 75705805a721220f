/** A simulated Kubernetes API server, for the demo, for discovery from dumps and for tests. */
@NullMarked
package io.promdisco.sim;

import org.jspecify.annotations.NullMarked;
