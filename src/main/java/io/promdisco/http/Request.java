package io.promdisco.http;

import io.promdisco.Internal;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A GET request, or a POST request.
 *
 * @param uri the URL
 * @param headers headers in addition to those of the settings; sent to redirect targets too
 * @param pause the maximum time without a byte of the body
 * @param patience the maximum time for everything, including redirects and the body; if empty,
 *     {@link Sender#HEAD_PATIENCE} applies to the headers, and the body has no limit
 * @param form the body of a POST, of type {@code application/x-www-form-urlencoded}; empty for a
 *     GET request
 * @hidden
 */
@Internal
public record Request(
    URI uri,
    Map<String, String> headers,
    Duration pause,
    Optional<Duration> patience,
    Optional<String> form) {
  /** Copies the map. */
  public Request {
    headers = Map.copyOf(headers);
  }

  /** Returns a GET request that accepts the type {@code accept}. */
  public static Request get(URI uri, String accept, Duration pause) {
    return new Request(uri, Map.of("Accept", accept), pause, Optional.empty(), Optional.empty());
  }

  /** Returns this request as a POST of a form. */
  Request posting(String encoded) {
    return new Request(uri, headers, pause, patience, Optional.of(encoded));
  }

  /** Returns a GET request that ends {@code patience} after its start in any case. */
  public static Request within(Duration patience, URI uri, Map<String, String> headers) {
    return new Request(uri, headers, patience, Optional.of(patience), Optional.empty());
  }
}
