package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.bytesTag;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.providers.kubernetes.watch.ApiException;
import java.io.IOException;
import java.time.Duration;

/**
 * A {@code Status} object: what the server says instead of an answer.
 *
 * @param code HTTP status; 0: not given
 * @param reason as {@code Forbidden}; may be empty
 * @param message for people; may be empty
 * @param retryAfterSeconds 0: not given
 */
public record ApiStatus(int code, String reason, String message, int retryAfterSeconds) {
  /** The kind's name. */
  static final String KIND = "Status";

  /** Leaves out the space around texts. */
  public ApiStatus {
    reason = reason.strip();
    message = message.strip();
  }

  /** Reads a {@code meta/v1} Status message. */
  static ApiStatus ofProtobuf(byte[] bytes, int from, int to) throws IOException {
    ProtobufCursor wire = new ProtobufCursor();
    wire.reset(KIND, bytes, from, to);
    int code = 0;
    String reason = "";
    String message = "";
    int retryAfter = 0;
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == bytesTag(3)) {
        message = wire.string();
      } else if (tag == bytesTag(4)) {
        reason = wire.string();
      } else if (tag == bytesTag(5)) {
        retryAfter = readRetryAfter(wire);
      } else if (tag == 6 << 3) {
        code = wire.int32();
      } else {
        wire.skip(tag);
      }
    }
    return new ApiStatus(code, reason, message, retryAfter);
  }

  private static int readRetryAfter(ProtobufCursor wire) throws IOException {
    int seconds = 0;
    int outer = wire.open();
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      if (tag == 5 << 3) {
        seconds = wire.int32();
      } else {
        wire.skip(tag);
      }
    }
    wire.close(outer);
    return seconds;
  }

  /** Reads a Status written in JSON. */
  static ApiStatus ofJson(JsonNode node) {
    return new ApiStatus(
        node.path("code").asInt(),
        node.path("reason").asText(""),
        node.path("message").asText(""),
        node.path("details").path("retryAfterSeconds").asInt());
  }

  /** The same as an exception. */
  ApiException toException() {
    String text = message.isEmpty() ? (reason.isEmpty() ? "status " + code : reason) : message;
    return new ApiException(
        code, reason, text, retryAfterSeconds > 0 ? Duration.ofSeconds(retryAfterSeconds) : null);
  }
}
