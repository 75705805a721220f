package io.promdisco.providers.kubernetes.client;

import io.promdisco.providers.kubernetes.client.Credentials.Text;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server and how to talk to it.
 *
 * @param server its URL, perhaps with a path, without credentials and without a slash at the end
 * @param tls how to speak TLS
 * @param credentials who we are
 * @param proxy which proxy
 * @param headers additional headers
 * @param followRedirects whether to go where the server sends us
 * @param http2 whether HTTP/2 may be spoken
 * @param ownNamespace the namespace that this process runs in, if it runs in a cluster
 */
record ServerSettings(
    URI server,
    TlsSettings tls,
    Credentials credentials,
    ProxyRules proxy,
    Map<String, List<Text>> headers,
    boolean followRedirects,
    boolean http2,
    Optional<String> ownNamespace) {
  /** Whether many requests can share one connection. */
  boolean isMultiplexed() {
    return http2 && "https".equals(server.getScheme());
  }
}
