package io.promdisco.server;

import io.promdisco.util.EscapingLogger;
import io.promdisco.util.RateLimitedLog;
import java.io.IOException;
import java.io.Serial;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;

/**
 * Dispatches requests, and answers those that fail. {@link AnswerThreads} make answers that take
 * time; a thread of the web server never does this or waits for it.
 */
final class RequestDispatcher extends Handler.Abstract {
  private static final Logger log = EscapingLogger.of(RequestDispatcher.class);

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

  /** No request needs a body. */
  private static final long MAX_BODY_BYTES = 64 << 10;

  /** What is read of a body that is too large, before it is refused. */
  private static final long MOST_DISCARDED_BYTES = 1 << 20;

  private static final AnswerMemory NOTHING_HELD = new AnswerMemory();

  private final Routes routes;
  private final AnswerThreads threads;
  private final AnswerMemory memory = new AnswerMemory();
  private final RateLimitedLog failures;
  private final RateLimitedLog outOfMemory;

  /**
   * Creates a dispatcher.
   *
   * @param nanos the clock for the limits of the log
   */
  RequestDispatcher(Routes routes, AnswerThreads threads, LongSupplier nanos) {
    this.routes = routes;
    this.threads = threads;
    failures = new RateLimitedLog(nanos, line -> log.error("{}", line));
    outOfMemory = new RateLimitedLog(nanos, line -> log.error("{}", line));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    ServerExchange exchange =
        new ServerExchange(request, response, callback, memory, this::answerLater);
    harden(exchange);
    if (request.getLength() > MAX_BODY_BYTES) {
      discard(request, MOST_DISCARDED_BYTES, () -> refuseBody(exchange, request.getLength()));
      return true;
    }
    AnswerThreads.Group group = group(exchange);
    if (!threads.submit(group, exchange.client(), () -> answer(exchange))) {
      exchange.set("Retry-After", "1");
      exchange.error(
          503,
          exchange.path() + ": too many requests are waiting (expected: fewer at once; try again)");
      exchange.end();
    }
    return true;
  }

  /**
   * Reads what is left of a body, then goes on. Closing a connection while the client still sends
   * resets it, and the client may lose the answer.
   */
  private static void discard(Request request, long most, Runnable then) {
    long left = most;
    while (left > 0) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        long rest = left;
        request.demand(() -> discard(request, rest, then));
        return;
      }
      left -= chunk.remaining();
      boolean end = chunk.isLast() || Content.Chunk.isFailure(chunk);
      chunk.release();
      if (end) {
        break;
      }
    }
    then.run();
  }

  private static void refuseBody(ServerExchange exchange, long length) {
    exchange.error(
        413,
        "body: " + length + " bytes (expected: none; up to " + MAX_BODY_BYTES + " are ignored)");
    exchange.end();
  }

  private void answerLater(ServerExchange exchange, Runnable rest) {
    threads.resume(group(exchange), exchange.client(), rest);
  }

  private AnswerThreads.Group group(ServerExchange exchange) {
    return routes.group(exchange.path(), exchange.rawQuery());
  }

  private void answer(ServerExchange exchange) {
    try {
      dispatch(exchange);
      exchange.end(failure -> fail(exchange, failure));
    } catch (IOException | RuntimeException e) {
      fail(exchange, e);
    } catch (OutOfMemoryError e) {
      fail(exchange, outOfMemory(e));
    } catch (Error e) { // The client must not wait for an answer that never comes.
      fail(exchange, new IllegalStateException("the answer failed with " + e, e));
    }
  }

  /** Thrown if an answer fails because memory is short; this frees memory for other answers. */
  private static final class OutOfMemoryException extends IllegalStateException {
    @Serial private static final long serialVersionUID = 1L;

    OutOfMemoryException(OutOfMemoryError e) {
      super("not enough memory for this answer: " + e.getMessage());
    }
  }

  /** Returns the exception for an answer that fails because memory is short. */
  static IllegalStateException outOfMemory(OutOfMemoryError e) {
    return new OutOfMemoryException(e);
  }

  /**
   * Answers requests that the HTTP server itself rejects, such as malformed ones, like other failed
   * requests.
   */
  static boolean refuse(Request request, Response response, Callback callback) {
    ServerExchange exchange =
        new ServerExchange(
            request, response, callback, NOTHING_HELD, (refused, rest) -> rest.run());
    harden(exchange);
    Object reason = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    int status = response.getStatus();
    exchange.text(status, (reason == null ? HttpStatus.getMessage(status) : reason) + "\n");
    exchange.end();
    return true;
  }

  private static void harden(ServerExchange exchange) {
    exchange.set("X-Content-Type-Options", "nosniff").set("Cache-Control", "no-store");
  }

  private void dispatch(ServerExchange exchange) throws IOException {
    try {
      String path = exchange.path();
      if (BROKEN_ESCAPE.matcher(path).find()) {
        throw new RequestException(400, "path: a % without two hexadecimal digits after it");
      }
      Map<String, ServerExchange.Answer> methods = routes.at(path);
      if (methods.isEmpty()) {
        throw new RequestException(404, path + ": no such path");
      }
      // Jetty omits the body of answers to HEAD.
      String method = exchange.method().equals("HEAD") ? "GET" : exchange.method();
      ServerExchange.Answer answer = methods.get(method);
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
      if (e.retryAfter() > 0) {
        exchange.set("Retry-After", Integer.toString(e.retryAfter()));
      }
      exchange.error(e.status(), String.valueOf(e.getMessage()));
    }
  }

  private void fail(ServerExchange exchange, Exception e) {
    String path = exchange.path();
    if (exchange.hasBegun()) {
      if (e instanceof IOException) {
        log.debug("{}: the client closed the connection", path, e);
      } else {
        logFailure(path + ": failed, answer cut short", e);
      }
      exchange.cut(e);
    } else {
      logFailure(path + ": failed", e);
      exchange.error(500, "internal error; the cause is in the log of this process");
      exchange.end();
    }
  }

  /** Clients can cause both, so each has its own rate limit. */
  private void logFailure(String line, Exception e) {
    if (e instanceof OutOfMemoryException) {
      outOfMemory.log(line + ": " + e.getMessage());
    } else {
      failures.log(line, said -> log.error("{}", said, e));
    }
  }
}
