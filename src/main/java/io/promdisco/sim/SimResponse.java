package io.promdisco.sim;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** An answer of known length. */
final class SimResponse {
  private static final long FOUR_GIGABYTES = 0xFFFF_FFFFL;

  private final int status;
  private final String contentType;
  private final byte[] body;
  private final int retryAfterSeconds;

  /** Creates an answer without faults. */
  SimResponse(int status, String contentType, byte[] body) {
    this(status, contentType, body, 0);
  }

  private SimResponse(int status, String contentType, byte[] body, int retryAfterSeconds) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static SimResponse refusal(StatusException refusal, Codec codec) {
    return new SimResponse(
        refusal.code(),
        codec.contentType(),
        codec.object(refusal.toStatus()),
        refusal.retryAfterSeconds());
  }

  int status() {
    return status;
  }

  private Map<String, String> headers(String type) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", type);
    headers.put("Cache-Control", "no-cache, private");
    if (retryAfterSeconds > 0) {
      headers.put("Retry-After", Integer.toString(retryAfterSeconds));
    }
    return headers;
  }

  /**
   * Sends it.
   *
   * @return whether the connection can be used again
   */
  boolean send(ResponseWriter response) throws IOException {
    response.head(status, headers(contentType), body.length);
    response.body(body);
    return true;
  }

  /**
   * Sends the answer with a fault.
   *
   * @return whether the connection can be used again
   */
  boolean send(ResponseWriter response, InjectedFault injection, Codec codec, String kind)
      throws IOException, InterruptedException {
    Fault fault = injection.rule().fault();
    if (fault instanceof Fault.ContentType type) {
      response.head(status, headers(type.value()), body.length);
      response.body(body);
      return true;
    }
    if (fault instanceof Fault.Slow slow) {
      injection.slow(response, slow.bytesPerSecond());
      send(response);
      response.fullSpeed();
      return true;
    }
    if (fault instanceof Fault.Break how) {
      return send(response, injection, how, codec, kind);
    }
    return send(response);
  }

  private boolean send(
      ResponseWriter response, InjectedFault injection, Fault.Break how, Codec codec, String kind)
      throws IOException, InterruptedException {
    byte[] half = Arrays.copyOf(body, body.length / 2);
    byte[] endless = codec.endless(false, kind);
    if (how == Fault.Break.ENDLESS && endless.length > 0) {
      response.head(status, headers(contentType), -1);
      injection.flood(response, endless);
      response.close();
      return false;
    }
    if (how != Fault.Break.HANG_UP) {
      long length =
          how == Fault.Break.HUGE || how == Fault.Break.ENDLESS ? FOUR_GIGABYTES : body.length;
      response.head(status, headers(contentType), length);
      response.body(half);
    }
    switch (how) {
      case HANG_UP, CUT -> response.close();
      case RESET -> response.reset();
      case GARBAGE -> {
        response.body(garbage(body.length - half.length));
        return true;
      }
      case HUGE, STALL, ENDLESS -> {
        injection.stall(response);
        response.close();
      }
    }
    return false;
  }

  /** Returns bytes that are neither JSON nor protobuf, always the same. */
  static byte[] garbage(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    if (length > 0) {
      bytes[0] = (byte) 0xff;
    }
    return bytes;
  }
}
