package io.promdisco.sim;

import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Answers requests, whatever protocol they come by. */
final class Answers {
  private static final Logger log = EscapingLogger.of(Answers.class);

  private final SimApiServer server;

  Answers(SimApiServer server) {
    this.server = server;
  }

  /** Runs a watch while it notices that the client goes away. */
  interface Watcher {
    /** Returns whether the connection can go on. */
    boolean run(Watches.Session session) throws IOException, InterruptedException;
  }

  /**
   * Answers.
   *
   * @return whether the connection can go on
   */
  boolean answer(HttpRequest request, Wire wire, Watcher watcher)
      throws IOException, InterruptedException {
    Codec codec = server.negotiation().json();
    String user = "";
    Route route = null;
    Optional<Injection> injection = Optional.empty();
    try {
      route = Route.of(request).orElse(null);
      injection = server.faults().take(route == null ? null : route.resource(), verb(route));
      if (injection.isPresent() && injection.get().rule().fault() == Fault.Break.HANG_UP) {
        server.log(request, user, route, 0);
        return false;
      }
      user = server.users().authenticate(request);
      Reply reply;
      if (route == null) {
        refuseIfStruck("", request, injection);
        reply = Reviews.isReview(request) ? review(user, request) : info(request);
      } else {
        server.users().authorize(user, route);
        codec = server.negotiation().choose(request.header("accept"));
        refuseIfStruck(route.verb(), request, injection);
        if (route.verb().equals("watch")) {
          Watches.Session session = server.watches().begin(route, request, codec, wire, injection);
          server.log(request, user, route, 200);
          return watcher.run(session);
        }
        reply = reply(route, request, codec, injection);
      }
      server.log(request, user, route, reply.status());
      String kind = route == null ? "" : route.resource().kind();
      return injection.isPresent()
          ? reply.send(wire, injection.get(), codec, kind)
          : reply.send(wire);
    } catch (StatusException refusal) {
      server.log(request, user, route, refusal.code());
      return Reply.refusal(refusal, codec).send(wire);
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.path(), e);
      server.log(request, user, route, 500);
      return Reply.refusal(StatusException.of(500, e.toString()), codec).send(wire);
    }
  }

  private static String verb(@Nullable Route route) {
    return route == null ? "" : route.verb();
  }

  private static void refuseIfStruck(
      String verb, HttpRequest request, Optional<Injection> injection) {
    if (injection.isEmpty()) {
      return;
    }
    Fault fault = injection.get().rule().fault();
    String message = "a fault injected by the simulation";
    if (fault instanceof Fault.Status status) {
      throw StatusException.retryLater(status.code(), message, status.retryAfterSeconds());
    }
    if (fault instanceof Fault.ErrorEvent error && !verb.equals("watch")) {
      throw StatusException.of(error.code(), message);
    }
    if (fault instanceof Fault.CacheFilling filling && needsCache(verb, request)) {
      throw StatusException.retryLater(
          429, "storage is (re)initializing", filling.retryAfterSeconds());
    }
  }

  private static boolean needsCache(String verb, HttpRequest request) {
    return verb.equals("watch")
        || (verb.equals("list")
            && (request.parameter("limit").isEmpty()
                || !request.parameter("labelSelector").isEmpty()
                || !request.parameter("fieldSelector").isEmpty()));
  }

  private Reply review(String user, HttpRequest request) {
    Codec json = server.negotiation().json();
    return new Reply(
        201, json.contentType(), json.object(Reviews.answer(server.users(), user, request)));
  }

  private Reply info(HttpRequest request) {
    String path = request.path();
    if (path.equals("/readyz") || path.equals("/healthz") || path.equals("/livez")) {
      return new Reply(200, "text/plain; charset=utf-8", "ok".getBytes(StandardCharsets.UTF_8));
    }
    Codec json = server.negotiation().json();
    return ServerInfo.at(path)
        .map(object -> new Reply(200, json.contentType(), json.object(object)))
        .orElseThrow(
            () -> StatusException.of(404, "the server could not find the requested resource"));
  }

  private Reply reply(
      Route route, HttpRequest request, Codec codec, Optional<Injection> injection) {
    if (route.verb().equals("list")) {
      byte[] list = server.lists().list(route, request, codec, injection);
      return new Reply(200, codec.contentType(), list);
    }
    Writes.Result result = server.writes().handle(route, request);
    return new Reply(result.status(), codec.contentType(), codec.object(result.object()));
  }
}
