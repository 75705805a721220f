/** Reads kubeconfigs as client-go does, and runs the credential plugins that they name. */
@Internal
@NullMarked
package io.promdisco.providers.kubernetes.client.kubeconfig;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
