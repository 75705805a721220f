/** The roles and the discoverer against the recorded clusters. */
@NullMarked
package io.promdisco.providers.kubernetes;

import org.jspecify.annotations.NullMarked;
