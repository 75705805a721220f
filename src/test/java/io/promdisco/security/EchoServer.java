package io.promdisco.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.promdisco.testing.FakeServer;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server that fails in every way, named by the first folder of the path, and says back all
 * credentials that it was sent.
 */
final class EchoServer {
  private EchoServer() {}

  private interface Way {
    void answer(HttpExchange exchange, String echo) throws IOException;
  }

  private static final Map<String, Way> WAYS = new TreeMap<>();

  static {
    for (int code : List.of(400, 401, 403, 404, 410, 429, 500, 503)) {
      WAYS.put("status" + code, (exchange, echo) -> json(exchange, code, status(echo)));
    }
    WAYS.put("text403", (exchange, echo) -> send(exchange, 403, "text/plain", echo));
    WAYS.put("garbage", (exchange, echo) -> json(exchange, 200, echo));
    WAYS.put("type", (exchange, echo) -> send(exchange, 200, echo, "x"));
    WAYS.put(
        "encoding",
        (exchange, echo) -> {
          exchange.getResponseHeaders().set("Content-Encoding", echo);
          json(exchange, 200, "[]");
        });
    WAYS.put("nowhere", (exchange, echo) -> redirect(exchange, "http://[" + echo));
    WAYS.put("elsewhere", (exchange, echo) -> redirect(exchange, "http://127.0.0.1:1/" + echo));
    WAYS.put("kind", (exchange, echo) -> json(exchange, 200, "{\"kind\":\"" + echo + "\"}"));
    WAYS.put(
        "protobuf",
        (exchange, echo) -> send(exchange, 200, "application/vnd.kubernetes.protobuf", echo));
    WAYS.put(
        "event",
        (exchange, echo) ->
            json(exchange, 200, "{\"type\":\"ERROR\",\"object\":" + status(echo) + "}"));
    WAYS.put("eventtype", (exchange, echo) -> json(exchange, 200, "{\"type\":\"" + echo + "\"}"));
    WAYS.put("groups", (exchange, echo) -> json(exchange, 200, "[{\"" + echo + "\": 1}]"));
    WAYS.put("target", (exchange, echo) -> json(exchange, 200, "[{\"targets\": [{\"" + echo));
    WAYS.put("cut", (exchange, echo) -> exchange.close());
  }

  /** All names of ways to fail. */
  static List<String> ways() {
    return List.copyOf(WAYS.keySet());
  }

  static FakeServer start() {
    return start(null);
  }

  /** Speaks TLS if there is a context for it. */
  static FakeServer start(@Nullable SSLContext tls) {
    return FakeServer.start(
        tls,
        exchange -> {
          String way = exchange.getRequestURI().getPath().split("/", -1)[1];
          if (way.equals("token")) {
            json(exchange, 400, status(echo(exchange)));
            return;
          }
          WAYS.getOrDefault(way, (e, echo) -> json(e, 404, "{}")).answer(exchange, echo(exchange));
        });
  }

  /** Everything that was sent in headers, and the password that may be in it. */
  private static String echo(HttpExchange exchange) {
    return exchange.getRequestHeaders().entrySet().stream()
        .filter(header -> header.getKey().matches("(?i)authorization|x-.*|proxy-.*"))
        .flatMap(header -> header.getValue().stream())
        .map(EchoServer::withPassword)
        .collect(Collectors.joining(" "));
  }

  private static String withPassword(String value) {
    return value.startsWith("Basic ")
        ? value + " " + new String(Base64.getDecoder().decode(value.substring(6)), UTF_8)
        : value;
  }

  private static String status(String message) {
    return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":403,\"reason\":\""
        + message
        + "\",\"message\":\"go away, "
        + message
        + "\"}";
  }

  private static void redirect(HttpExchange exchange, String location) throws IOException {
    exchange.getResponseHeaders().set("Location", location);
    FakeServer.send(exchange, 302, "", new byte[0]);
  }

  private static void json(HttpExchange exchange, int code, String body) throws IOException {
    send(exchange, code, "application/json", body);
  }

  private static void send(HttpExchange exchange, int code, String type, String body)
      throws IOException {
    FakeServer.send(exchange, code, type, body.getBytes(UTF_8));
  }
}
