package io.promdisco.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.ee10.servlet.ServletChannel;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;

/**
 * Changes of targets as server-sent events. Beside Javalin and not in it: a stream is written
 * asynchronously for as long as its reader likes.
 */
final class StreamServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  static final String PATH = "/api/v1/targets/stream";

  private final transient StreamHub hub;

  StreamServlet(StreamHub hub) {
    this.hub = hub;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Cache-Control", "no-store");
    String snapshot = parameter(request.getParameter("snapshot"));
    if (!request.getMethod().equals("GET")) {
      response.setHeader("Allow", "GET");
      refuse(response, 405, request.getMethod() + " " + PATH + ": method not allowed");
    } else if (!snapshot.isEmpty() && !snapshot.equals("true") && !snapshot.equals("false")) {
      refuse(response, 400, "snapshot: " + snapshot + " (expected true or false)");
    } else if (!hub.reserve()) {
      response.setHeader("Retry-After", "10");
      refuse(
          response, 503, "there are " + hub.most() + " streams already (expected: one that ends)");
    } else {
      begin(request, response, !snapshot.equals("false"));
    }
  }

  private void begin(HttpServletRequest request, HttpServletResponse response, boolean snapshot)
      throws IOException {
    boolean started = false;
    try {
      response.setContentType("text/event-stream");
      response.setCharacterEncoding("UTF-8");
      // Proxies that gather answers would hold the changes back.
      response.setHeader("X-Accel-Buffering", "no");
      StreamRequest wanted =
          new StreamRequest(
              parameter(request.getParameter("scrapePool")),
              snapshot,
              parameter(request.getHeader("Last-Event-ID")));
      ServletChannel channel =
          ServletContextRequest.getServletContextRequest(request).getServletChannel();
      AsyncContext context = request.startAsync();
      context.setTimeout(0);
      TargetStream stream =
          new TargetStream(
              hub.source(wanted), context, response.getOutputStream(), channel::abort, hub::ended);
      started = true;
      hub.start(stream);
    } finally {
      if (!started) {
        hub.release();
      }
    }
  }

  private static void refuse(HttpServletResponse response, int status, String message)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    String type = status < 500 ? "bad_data" : "unavailable";
    response
        .getOutputStream()
        .write(Documents.error(type, message).getBytes(StandardCharsets.UTF_8));
  }

  private static String parameter(@Nullable String value) {
    return value == null ? "" : value;
  }
}
