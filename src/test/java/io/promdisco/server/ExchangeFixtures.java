package io.promdisco.server;

import io.promdisco.server.access.ClientConnection;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Requests and responses without a server. */
final class ExchangeFixtures {
  private ExchangeFixtures() {}

  /** A request for a path. */
  static Request request(String path) {
    HttpFields headers = HttpFields.EMPTY;
    return (Request)
        Proxy.newProxyInstance(
            ExchangeFixtures.class.getClassLoader(),
            new Class<?>[] {Request.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getHttpURI" -> HttpURI.from("http://localhost" + path);
                  case "getHeaders" -> headers;
                  case "getMethod" -> "GET";
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> null;
                });
  }

  /** A response whose parts are passed to {@code writes}, which completes them. */
  static Response response(BiConsumer<ByteBuffer, Callback> writes) {
    HttpFields.Mutable headers = HttpFields.build();
    return (Response)
        Proxy.newProxyInstance(
            ExchangeFixtures.class.getClassLoader(),
            new Class<?>[] {Response.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write")) {
                writes.accept((ByteBuffer) arguments[1], (Callback) arguments[2]);
              }
              return switch (method.getName()) {
                case "getHeaders" -> headers;
                case "isCommitted" -> false;
                default -> null;
              };
            });
  }

  static ClientConnection connection() {
    return ClientConnection.of(request("/"));
  }
}
