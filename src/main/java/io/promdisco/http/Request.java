package io.promdisco.http;

import io.promdisco.Internal;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A GET request, or a POST request.
 *
 * @param uri what is asked for
 * @param headers that it has beside those of the settings; they go along with redirects too
 * @param pause longest time without a byte of the body
 * @param patience longest time for everything, redirects and body included; empty: {@link
 *     Sender#HEAD_PATIENCE} for the head of the answer, no limit for its body
 * @param form what to post, of type {@code application/x-www-form-urlencoded}; empty: a GET request
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

  /** A GET request for something of the type {@code accept}. */
  public static Request get(URI uri, String accept, Duration pause) {
    return new Request(uri, Map.of("Accept", accept), pause, Optional.empty(), Optional.empty());
  }

  /** The same, posting a form. */
  Request posting(String encoded) {
    return new Request(uri, headers, pause, patience, Optional.of(encoded));
  }

  /** A GET request that ends {@code patience} after it has begun, whatever came. */
  public static Request within(Duration patience, URI uri, Map<String, String> headers) {
    return new Request(uri, headers, patience, Optional.of(patience), Optional.empty());
  }
}
