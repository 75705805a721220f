/**
 * Reflector, shared informer, store and indexes: a local copy of a resource that retries for ever.
 */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.watch;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
