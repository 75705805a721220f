package io.promdisco.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A web server on one loopback port, with routes that change and pauses in which it is down. */
final class RouteServer implements AutoCloseable {
  private final Map<String, JsonNode> routes = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> requests = new ConcurrentHashMap<>();
  private int port;
  private @Nullable HttpServer server;

  RouteServer() throws IOException {
    start();
  }

  int port() {
    return port;
  }

  /** Answers requests for {@code path}, including its query, with this from now on. */
  void serve(String path, JsonNode route) {
    routes.put(path, route);
  }

  /**
   * Returns the headers of the newest request by path; several with one name are joined with
   * commas.
   */
  Map<String, Map<String, String>> requests() {
    return requests;
  }

  void start() throws IOException {
    HttpServer started =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    started.createContext("/", this::answer);
    started.start();
    port = started.getAddress().getPort();
    server = started;
  }

  void stop() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name, String.join(", ", values)));
    requests.put(path, headers);
    JsonNode route = routes.get(path);
    if (route == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    route
        .path("headers")
        .properties()
        .forEach(
            header ->
                exchange.getResponseHeaders().add(header.getKey(), header.getValue().asText()));
    byte[] body = route.path("body").asText().getBytes(UTF_8);
    if (route.path("gzip").asBoolean()) {
      body = zipped(body);
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    }
    exchange.sendResponseHeaders(route.get("status").asInt(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static byte[] zipped(byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    stop();
  }
}
