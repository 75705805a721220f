package io.promdisco.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A web server on the local host that answers as the test says and records the requests. */
public final class FakeServer implements AutoCloseable {
  /** Answers a request. */
  public interface Handler {
    /** Writes the answer; the exchange is closed afterwards. */
    void handle(HttpExchange exchange) throws Exception;
  }

  /** A request that was received. */
  public record Request(String method, String uri, Headers headers, String body) {
    /** A header's first value, or the empty string. */
    public String header(String name) {
      String value = headers.getFirst(name);
      return value == null ? "" : value;
    }
  }

  public final List<Request> requests = new CopyOnWriteArrayList<>();
  public final List<Exception> problems = new CopyOnWriteArrayList<>();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final HttpServer server;
  private volatile Handler handler;

  private FakeServer(HttpServer server, Handler handler) {
    this.server = server;
    this.handler = handler;
    server.setExecutor(executor);
    server.createContext("/", this::serve);
    server.start();
  }

  public static FakeServer start(Handler handler) {
    return start(null, handler);
  }

  /** Starts a server, with TLS if there is a context for it. */
  public static FakeServer start(@Nullable SSLContext tls, Handler handler) {
    return start(tls, false, handler);
  }

  /** Starts a server with TLS that requires a client certificate trusted by this context. */
  public static FakeServer start(@Nullable SSLContext tls, boolean wantsClients, Handler handler) {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      if (tls == null) {
        return new FakeServer(HttpServer.create(address, 0), handler);
      }
      HttpsServer https = HttpsServer.create(address, 0);
      https.setHttpsConfigurator(
          new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
              if (wantsClients) {
                parameters.setSSLParameters(Certificates.wantingClients(tls));
              }
            }
          });
      return new FakeServer(https, handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers with another handler from now on. */
  public void answer(Handler next) {
    handler = next;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url() {
    return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port();
  }

  private void serve(HttpExchange exchange) {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      Headers headers = new Headers();
      headers.putAll(exchange.getRequestHeaders());
      requests.add(
          new Request(
              exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body));
      handler.handle(exchange);
    } catch (Exception e) {
      problems.add(e);
    }
  }

  /** Answers with this status and body. */
  public static Handler body(int code, String type, byte[] body) {
    return exchange -> send(exchange, code, type, body);
  }

  public static Handler json(int code, String body) {
    return body(code, "application/json", body.getBytes(UTF_8));
  }

  public static void send(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    if (!type.isEmpty()) {
      exchange.getResponseHeaders().set("Content-Type", type);
    }
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
