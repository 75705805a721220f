/** Tests of reflector, informer, store and shared watches against a scripted API server. */
@NullMarked
package io.promdisco.providers.kubernetes.watch;

import org.jspecify.annotations.NullMarked;
