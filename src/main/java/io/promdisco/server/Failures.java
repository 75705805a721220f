package io.promdisco.server;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers of requests that fail: Prometheus's error document under {@code /api}, else a line. */
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** A request that is wrong, unknown paths and methods included. */
  static void refused(HttpResponseException e, Context context) {
    e.getDetails().forEach((name, value) -> allow(context, name, value));
    answer(context, e.getStatus(), message(e, context));
  }

  private static String message(HttpResponseException e, Context context) {
    if (e instanceof NotFoundResponse) {
      return context.path() + ": no such path";
    }
    if (e instanceof MethodNotAllowedResponse) {
      return context.method() + " " + context.path() + ": method not allowed";
    }
    return String.valueOf(e.getMessage());
  }

  private static void allow(Context context, String detail, String value) {
    if (detail.equals("availableMethods")) {
      context.header("Allow", value);
    }
  }

  /**
   * A request that could not be answered. Where a part of the answer is on its way, the connection
   * is cut, so that nobody takes the part for the whole.
   */
  static void failed(Exception e, Context context) {
    if (context.res().isCommitted()) {
      context.req().setAttribute(FrontServlet.BROKEN_OFF, e);
      if (e instanceof IOException) {
        log.debug("{}: the client went away", context.path(), e);
      } else {
        log.error("{}: failed, answer cut short", context.path(), e);
      }
      return;
    }
    log.error("{}: failed", context.path(), e);
    context.res().resetBuffer();
    answer(context, 500, "internal error; the log of this process has the cause");
  }

  private static void answer(Context context, int status, String message) {
    if (context.path().startsWith("/api/")) {
      context
          .status(status)
          .contentType("application/json")
          .result(Documents.error(status < 500 ? "bad_data" : "internal", message));
    } else {
      Routes.text(context, status, message + "\n");
    }
  }
}
