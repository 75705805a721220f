package io.promdisco.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A GET request, or a POST request with a JSON document.
 *
 * @param uri what is asked for
 * @param headers that it has beside those of the settings; they go along with redirects too
 * @param pause longest time without a byte of the body
 * @param patience longest time for everything, redirects and body included; empty: {@link
 *     Sender#HEAD_PATIENCE} for the head of the answer, no limit for its body
 * @param json the document to post; empty: a GET request
 * @param alone whether it should have a connection to itself where others are shared: HTTP/1.1
 *     costs a server a quarter less than HTTP/2 for an answer that is long
 */
public record Request(
    URI uri,
    Map<String, String> headers,
    Duration pause,
    Optional<Duration> patience,
    Optional<String> json,
    boolean alone) {
  /** Copies the map. */
  public Request {
    headers = Map.copyOf(headers);
  }

  /** A GET request. */
  public Request(
      URI uri, Map<String, String> headers, Duration pause, Optional<Duration> patience) {
    this(uri, headers, pause, patience, Optional.empty(), false);
  }

  /** A GET request for something of the type {@code accept}. */
  public static Request get(URI uri, String accept, Duration pause) {
    return new Request(uri, Map.of("Accept", accept), pause, Optional.empty());
  }

  /** The same, posting a JSON document. */
  public Request posting(String document) {
    return new Request(uri, headers, pause, patience, Optional.of(document), alone);
  }

  /** The same, with a connection to itself. */
  public Request overItsOwnConnection() {
    return new Request(uri, headers, pause, patience, json, true);
  }

  /** A GET request that ends {@code patience} after it has begun, whatever came. */
  public static Request within(Duration patience, URI uri, Map<String, String> headers) {
    return new Request(uri, headers, patience, Optional.of(patience));
  }
}
