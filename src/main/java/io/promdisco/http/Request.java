package io.promdisco.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A GET request.
 *
 * @param uri what is asked for
 * @param headers that it has beside those of the settings; they go along with redirects too
 * @param pause longest time without a byte of the body
 * @param patience longest time for everything, redirects and body included; empty: {@link
 *     Sender#HEAD_PATIENCE} for the head of the answer, no limit for its body
 */
public record Request(
    URI uri, Map<String, String> headers, Duration pause, Optional<Duration> patience) {
  /** Copies the map. */
  public Request {
    headers = Map.copyOf(headers);
  }

  /** A request that ends {@code patience} after it has begun, whatever came. */
  public static Request within(Duration patience, URI uri, Map<String, String> headers) {
    return new Request(uri, headers, patience, Optional.of(patience));
  }
}
