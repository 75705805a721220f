package io.promdisco.providers.kubernetes.client.decode;

import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.BYTES;
import static io.promdisco.providers.kubernetes.client.decode.ProtobufCursor.VARINT;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.providers.kubernetes.watch.ApiException;
import java.io.IOException;
import java.time.Duration;

/**
 * A {@code Status} object, which the server sends instead of an answer.
 *
 * @param code HTTP status; 0 if not set
 * @param reason for example {@code Forbidden}; may be empty
 * @param message text for people; may be empty
 * @param retryAfterSeconds 0 if not set
 */
public record ApiStatus(int code, String reason, String message, int retryAfterSeconds) {
  /** The name of the kind. */
  static final String KIND = "Status";

  /** Removes the space around texts. */
  public ApiStatus {
    reason = reason.strip();
    message = message.strip();
  }

  /** Reads the {@code meta/v1} Status message at the position of {@code wire}. */
  static ApiStatus ofProtobuf(ProtobufCursor wire) throws IOException {
    int code = 0;
    String reason = "";
    String message = "";
    int retryAfter = 0;
    for (int tag = wire.tag(); tag != 0; tag = wire.tag()) {
      switch (tag) {
        case 3 << 3 | BYTES -> message = wire.string();
        case 4 << 3 | BYTES -> reason = wire.string();
        case 5 << 3 | BYTES -> { // field details
          wire.open();
          while (wire.find(5 << 3 | VARINT)) {
            retryAfter = wire.int32();
          }
        }
        case 6 << 3 | VARINT -> code = wire.int32();
        default -> wire.skip(tag);
      }
    }
    return new ApiStatus(code, reason, message, retryAfter);
  }

  /** Reads a Status written in JSON. */
  static ApiStatus ofJson(JsonNode node) {
    return new ApiStatus(
        node.path("code").asInt(),
        node.path("reason").asText(""),
        node.path("message").asText(""),
        node.path("details").path("retryAfterSeconds").asInt());
  }

  /** Returns the status as an exception. */
  ApiException toException() {
    String text = message.isEmpty() ? (reason.isEmpty() ? "status " + code : reason) : message;
    return new ApiException(
        code, reason, text, retryAfterSeconds > 0 ? Duration.ofSeconds(retryAfterSeconds) : null);
  }
}
