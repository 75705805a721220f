/** What commands share: the configuration, the origin of Kubernetes objects, waiting. */
@Internal
@NullMarked
package io.promdisco.cli.source;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
