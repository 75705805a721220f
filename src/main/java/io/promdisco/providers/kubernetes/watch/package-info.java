/**
 * Reflector, shared informer, store and indexes: a local copy of a resource that retries for ever.
 */
@NullMarked
package io.promdisco.providers.kubernetes.watch;

import org.jspecify.annotations.NullMarked;
