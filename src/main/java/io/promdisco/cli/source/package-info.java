/**
 * What commands share: which configuration, where Kubernetes objects come from, how long to wait.
 */
@Internal
@NullMarked
package io.promdisco.cli.source;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
