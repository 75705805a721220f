/** A local copy of a resource: reflector, shared informer, store and indexes, with retries. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.watch;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
