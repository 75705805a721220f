/** Reads kubeconfigs as client-go does, and runs the credential plugins that they name. */
@NullMarked
package io.promdisco.providers.kubernetes.client.kubeconfig;

import org.jspecify.annotations.NullMarked;
