package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.object.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the simulated server rejects a request; contains the {@code Status} object of a real
 * server's answer.
 */
final class StatusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;
  private final String group;
  private final String plural;
  private final String name;
  private final int retryAfterSeconds;

  private StatusException(
      int code, String reason, String message, @Nullable Resource<?> resource, String name) {
    this(code, reason, message, resource, name, 0);
  }

  private StatusException(
      int code,
      String reason,
      String message,
      @Nullable Resource<?> resource,
      String name,
      int retryAfterSeconds) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.group = resource == null ? "" : resource.group();
    this.plural = resource == null ? "" : resource.plural();
    this.name = name;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Returns an exception with the usual reason of {@code code}. */
  static StatusException of(int code, String message) {
    return new StatusException(code, reasonOf(code), message, null, "");
  }

  static StatusException retryLater(int code, String message, int seconds) {
    return new StatusException(code, reasonOf(code), message, null, "", seconds);
  }

  static StatusException badRequest(String message) {
    return of(400, message);
  }

  static StatusException notFound(Resource<?> resource, String name) {
    String message = qualified(resource) + " \"" + name + "\" not found";
    return new StatusException(404, "NotFound", message, resource, name);
  }

  static StatusException alreadyExists(Resource<?> resource, String name) {
    String message = qualified(resource) + " \"" + name + "\" already exists";
    return new StatusException(409, "AlreadyExists", message, resource, name);
  }

  static StatusException conflict(Resource<?> resource, String name, String why) {
    String message =
        "Operation cannot be fulfilled on " + qualified(resource) + " \"" + name + "\": " + why;
    return new StatusException(409, "Conflict", message, resource, name);
  }

  static StatusException invalid(String subject, String why) {
    return new StatusException(422, "Invalid", subject + " is invalid: " + why, null, "");
  }

  static StatusException forbidden(Resource<?> resource, String name, String why) {
    String subject = qualified(resource) + (name.isEmpty() ? "" : " \"" + name + "\"");
    return new StatusException(403, "Forbidden", subject + " is forbidden: " + why, resource, name);
  }

  static StatusException expired(String message) {
    return new StatusException(410, "Expired", message, null, "");
  }

  private static String qualified(Resource<?> resource) {
    return resource.group().isEmpty()
        ? resource.plural()
        : resource.plural() + "." + resource.group();
  }

  private static String reasonOf(int code) {
    return switch (code) {
      case 400 -> "BadRequest";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "NotFound";
      case 405 -> "MethodNotAllowed";
      case 406 -> "NotAcceptable";
      case 409 -> "Conflict";
      case 410 -> "Expired";
      case 415 -> "UnsupportedMediaType";
      case 422 -> "Invalid";
      case 429 -> "TooManyRequests";
      case 500 -> "InternalError";
      case 503 -> "ServiceUnavailable";
      case 504 -> "Timeout";
      default -> "";
    };
  }

  /** HTTP status. */
  public int code() {
    return code;
  }

  /** The reason, for example {@code NotFound}; empty if the code has none. */
  public String reason() {
    return reason;
  }

  /** Seconds to wait before a retry; 0 if not set. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** The {@code Status} object. */
  public ObjectNode toStatus() {
    ObjectNode status = KubernetesJson.object();
    status.put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure").put("message", getMessage());
    if (!reason.isEmpty()) {
      status.put("reason", reason);
    }
    if (!plural.isEmpty() || retryAfterSeconds > 0) {
      ObjectNode details = status.putObject("details");
      putUnlessEmpty(details, "name", name);
      putUnlessEmpty(details, "group", group);
      putUnlessEmpty(details, "kind", plural);
      if (retryAfterSeconds > 0) {
        details.put("retryAfterSeconds", retryAfterSeconds);
      }
    }
    return status.put("code", code);
  }

  private static void putUnlessEmpty(ObjectNode object, String name, String value) {
    if (!value.isEmpty()) {
      object.put(name, value);
    }
  }
}
