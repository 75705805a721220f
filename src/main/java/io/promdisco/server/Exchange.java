package io.promdisco.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** A request and the answer to it. For the thread that answers it. */
final class Exchange {
  /** What answers a request. */
  @FunctionalInterface
  interface Answer {
    /** Answers; what is left of the body is sent afterwards. */
    void to(Exchange exchange) throws IOException;
  }

  static final String JSON = "application/json";
  static final String TEXT = "text/plain; charset=utf-8";

  private final Request request;
  private final Response response;
  private final Callback callback;
  private boolean goesOn;
  private @Nullable Fields parameters;
  private @Nullable OutputStream body;

  Exchange(Request request, Response response, Callback callback) {
    this.request = request;
    this.response = response;
    this.callback = callback;
  }

  String method() {
    return request.getMethod();
  }

  /** The path as it was sent, with its escapes. */
  String path() {
    String path = request.getHttpURI().getPath();
    return path == null ? "" : path;
  }

  String scheme() {
    return request.getHttpURI().getScheme();
  }

  /** A header of the request. */
  @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /** A parameter of the query, the first of its name; null if there is none. */
  @Nullable String optional(String name) {
    if (parameters == null) {
      try {
        parameters = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
      } catch (RuntimeException e) {
        throw new RequestException(
            400, "query: not readable (expected name=value, escapes of two hexadecimal digits)");
      }
    }
    return parameters.getValue(name);
  }

  /** A parameter of the query, the first of its name; empty if there is none. */
  String parameter(String name) {
    String value = optional(name);
    return value == null ? "" : value;
  }

  Exchange status(int status) {
    response.setStatus(status);
    return this;
  }

  /** Sets a header of the answer. */
  Exchange set(String name, String value) {
    response.getHeaders().put(name, value);
    return this;
  }

  private void type(String type) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
  }

  /** Where a body of any length is written; nothing leaves before there is much of it. */
  OutputStream body(String type) {
    type(type);
    body = Response.asBufferedOutputStream(request, response);
    return body;
  }

  /** Answers with a whole body. */
  void send(String type, byte[] content) throws IOException {
    type(type);
    body = null;
    Content.Sink.write(response, true, ByteBuffer.wrap(content));
  }

  /** Answers with a text. */
  void text(int status, String text) throws IOException {
    status(status).send(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers with Prometheus's error document under {@code /api}, else with a line. */
  void error(int status, String message) throws IOException {
    if (path().startsWith("/api/")) {
      String type = status < 500 ? "bad_data" : status == 503 ? "unavailable" : "internal";
      status(status).send(JSON, Documents.error(type, message).getBytes(StandardCharsets.UTF_8));
    } else {
      text(status, message + "\n");
    }
  }

  /** Begins an answer that goes on when this thread has long done other things. */
  LongAnswer goOn(String type) {
    type(type);
    goesOn = true;
    return new LongAnswer(request, response, callback);
  }

  /** Sends what is held back of the body, and ends the answer if it does not go on. */
  void end() throws IOException {
    if (body != null) {
      body.close();
    }
    if (!goesOn) {
      callback.succeeded();
    }
  }

  /** Whether a part of the answer may be on its way. */
  boolean hasBegun() {
    return response.isCommitted();
  }

  /** Cuts the connection, so that nobody takes a part of an answer for the whole. */
  void cut(Exception cause) {
    callback.failed(cause);
  }
}
