/** The loop that refreshes polled sources; HTTP and DNS discovery share it. */
@Internal
@NullMarked
package io.promdisco.providers.refresh;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
