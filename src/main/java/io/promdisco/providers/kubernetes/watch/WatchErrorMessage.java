package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.PrintableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a watch does not work.
 *
 * @param kind distinguishes problems with different remedies
 * @param reason one line for people: what is wrong, and what to do
 */
public record WatchErrorMessage(String kind, String reason) {
  private static final int LONGEST = 500;

  /** Returns the reason for {@code thrown} while reading these objects. */
  public static WatchErrorMessage of(Throwable thrown, Resource<?> resource, WatchScope scope) {
    Throwable cause = thrown.getCause();
    Throwable error = thrown instanceof UncheckedIOException && cause != null ? cause : thrown;
    if (error instanceof ApiException refused) {
      return new WatchErrorMessage(
          Integer.toString(refused.code()), refusal(refused, resource, scope) + said(refused));
    }
    String kind = isRefusedConnection(error) ? "refused" : error.getClass().getName();
    if (error instanceof IOException) {
      String message = error.getMessage();
      return new WatchErrorMessage(
          kind, oneLine(message == null || message.isBlank() ? error.toString() : message));
    }
    return new WatchErrorMessage(kind, oneLine("cannot process the response: " + error));
  }

  /** Whether this reason is a missing permission. */
  public static boolean isForbidden(String reason) {
    return reason.contains(MissingPermission.START);
  }

  /**
   * Whether this reason is an answer by which the server will stay: there is no such resource, or
   * no right to read it. Other failures leave open what there is.
   */
  public static boolean isRefusal(String reason) {
    return reason.matches("(?s)4(?!01|08|10|29)\\d\\d\\b.*");
  }

  /** Whether nobody listens at the server's address, as while it is restarted. */
  static boolean isRefusedConnection(Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  private static String refusal(ApiException refused, Resource<?> resource, WatchScope scope) {
    String what = resource.plural() + where(resource, scope);
    return switch (refused.code()) {
      case 401 ->
          "401 Unauthorized for "
              + what
              + ": the token or client certificate is missing, wrong or expired (expected:"
              + " credentials that the API server knows)";
      case 403 -> MissingPermission.message(resource, scope);
      case 404 ->
          "404 Not Found: the API server has no "
              + resource.plural()
              + " in "
              + resource.apiVersion()
              + " (expected: an API server that serves "
              + resource.path("")
              + ")";
      case 429 -> "429 Too Many Requests for " + what + ": the API server asks to wait";
      default ->
          refused.code()
              + (refused.reason().isEmpty() ? "" : " " + oneLine(refused.reason()))
              + " for "
              + what;
    };
  }

  private static String said(ApiException refused) {
    @Nullable String message = refused.getMessage();
    return message == null || message.isBlank() ? "" : "; the server says: " + oneLine(message);
  }

  private static String oneLine(String text) {
    return PrintableText.line(text, LONGEST);
  }

  /** Returns which objects, if not all; begins with a blank. */
  static String where(Resource<?> resource, WatchScope scope) {
    StringBuilder text = new StringBuilder();
    if (resource.namespaced() && !scope.namespace().isEmpty()) {
      text.append(" in namespace \"").append(scope.namespace()).append('"');
    }
    if (!scope.labelSelector().isEmpty()) {
      text.append(" with labels ").append(scope.labelSelector());
    }
    if (!scope.fieldSelector().isEmpty()) {
      text.append(" with fields ").append(scope.fieldSelector());
    }
    return text.toString();
  }
}
