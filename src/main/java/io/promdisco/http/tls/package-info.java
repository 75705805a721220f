/**
 * TLS for promdisco's other packages: certificates and keys, one verifier for servers and clients,
 * and the choice of an implementation for connections to servers.
 */
@Internal
@NullMarked
package io.promdisco.http.tls;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
