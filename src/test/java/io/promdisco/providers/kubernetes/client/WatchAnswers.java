package io.promdisco.providers.kubernetes.client;

import com.sun.net.httpserver.HttpExchange;
import io.promdisco.testing.FakeServer;
import java.io.IOException;

/** How an API server answers a watch. */
final class WatchAnswers {
  static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

  private WatchAnswers() {}

  /** Answers a watch with frames, then ends it. */
  static FakeServer.Handler frames(byte[]... frames) {
    return exchange -> {
      beginStream(exchange);
      for (byte[] frame : frames) {
        exchange.getResponseBody().write(frame);
        exchange.getResponseBody().flush();
      }
      exchange.getResponseBody().close();
    };
  }

  static void beginStream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", PROTOBUF + ";stream=watch");
    exchange.sendResponseHeaders(200, 0);
  }
}
