/** Tests of kubeconfigs and credential plugins. */
@NullMarked
package io.promdisco.providers.kubernetes.client.kubeconfig;

import org.jspecify.annotations.NullMarked;
