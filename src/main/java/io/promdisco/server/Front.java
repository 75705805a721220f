package io.promdisco.server;

import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;

/** Brings a request to what answers it, and answers those that fail. */
final class Front extends Handler.Abstract {
  private static final Logger log = EscapingLogger.of(Front.class);

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

  private final Routes routes;

  Front(Routes routes) {
    this.routes = routes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, callback);
    harden(exchange);
    try {
      answer(exchange);
      exchange.end();
    } catch (IOException | RuntimeException e) {
      fail(exchange, e);
    }
    return true;
  }

  /**
   * Requests that the server itself refuses, as those that are not HTTP, are answered as others.
   */
  static boolean refuse(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, callback);
    harden(exchange);
    Object reason = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    int status = response.getStatus();
    try {
      exchange.text(status, (reason == null ? HttpStatus.getMessage(status) : reason) + "\n");
      exchange.end();
    } catch (IOException e) {
      exchange.cut(e);
    }
    return true;
  }

  private static void harden(Exchange exchange) {
    exchange.set("X-Content-Type-Options", "nosniff").set("Cache-Control", "no-store");
  }

  private void answer(Exchange exchange) throws IOException {
    try {
      String path = exchange.path();
      if (BROKEN_ESCAPE.matcher(path).find()) {
        throw new RequestException(400, "path: a % without two hexadecimal digits behind it");
      }
      Map<String, Exchange.Answer> methods = routes.at(path);
      if (methods.isEmpty()) {
        throw new RequestException(404, path + ": no such path");
      }
      // Of an answer to HEAD the server sends only what comes before the body.
      String method = exchange.method().equals("HEAD") ? "GET" : exchange.method();
      Exchange.Answer answer = methods.get(method);
      if (answer == null) {
        Set<String> allowed = new TreeSet<>(methods.keySet());
        if (allowed.contains("GET")) {
          allowed.add("HEAD");
        }
        exchange.set("Allow", String.join(", ", allowed));
        throw new RequestException(405, exchange.method() + " " + path + ": method not allowed");
      }
      answer.to(exchange);
    } catch (RequestException e) {
      exchange.error(e.status(), String.valueOf(e.getMessage()));
    }
  }

  private static void fail(Exchange exchange, Exception e) {
    String path = exchange.path();
    if (exchange.hasBegun()) {
      if (e instanceof IOException) {
        log.debug("{}: the client went away", path, e);
      } else {
        log.error("{}: failed, answer cut short", path, e);
      }
      exchange.cut(e);
    } else {
      log.error("{}: failed", path, e);
      try {
        exchange.error(500, "internal error; the log of this process has the cause");
        exchange.end();
      } catch (IOException gone) {
        exchange.cut(gone);
      }
    }
  }
}
