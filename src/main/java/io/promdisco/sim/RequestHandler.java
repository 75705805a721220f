package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Answers requests, for any version of HTTP. */
final class RequestHandler {
  private static final Logger log = EscapingLogger.of(RequestHandler.class);

  private static final int MOST_REQUESTS = 10_000;

  private final ContentNegotiation negotiation;
  private final SimUsers users;
  private final Faults faults;
  private final ListRequests lists;
  private final WatchRequests watches;
  private final WriteRequests writes;

  @GuardedBy("requests")
  private final Deque<SimRequest> requests = new ArrayDeque<>();

  RequestHandler(
      SimCluster cluster, SimOptions options, Ticker ticker, SimUsers users, Faults faults) {
    this.negotiation = new ContentNegotiation(options.protobuf);
    this.users = users;
    this.faults = faults;
    this.lists = new ListRequests(cluster);
    this.watches = new WatchRequests(cluster, options, ticker, faults);
    this.writes = new WriteRequests(cluster);
  }

  /** The latest requests, oldest first. */
  List<SimRequest> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /** Runs a watch, and notices when the client disconnects. */
  interface Watcher {
    /** Returns whether the connection can be used again. */
    boolean run(WatchRequests.Session session) throws IOException, InterruptedException;
  }

  /**
   * Handles a request.
   *
   * @return whether the connection can be used again
   */
  boolean handle(HttpRequest request, ResponseWriter response, Watcher watcher)
      throws IOException, InterruptedException {
    Codec codec = negotiation.json();
    String user = "";
    Route route = null;
    Optional<InjectedFault> injection = Optional.empty();
    try {
      route = Route.of(request).orElse(null);
      injection = faults.take(route == null ? null : route.resource(), verb(route));
      if (injection.isPresent() && injection.get().rule().fault() == Fault.Break.HANG_UP) {
        record(request, user, route, 0);
        return false;
      }
      user = users.authenticate(request);
      SimResponse answer;
      if (route == null) {
        refuseIfStruck("", request, injection);
        answer = AccessReviews.isReview(request) ? review(user, request) : info(request);
      } else {
        users.authorize(user, route);
        codec = negotiation.choose(request.header("accept"));
        refuseIfStruck(route.verb(), request, injection);
        if (route.verb().equals("watch")) {
          WatchRequests.Session session = watches.begin(route, request, codec, response, injection);
          record(request, user, route, 200);
          return watcher.run(session);
        }
        answer = respond(route, request, codec, injection);
      }
      record(request, user, route, answer.status());
      String kind = route == null ? "" : route.resource().kind();
      return injection.isPresent()
          ? answer.send(response, injection.get(), codec, kind)
          : answer.send(response);
    } catch (StatusException refusal) {
      record(request, user, route, refusal.code());
      return SimResponse.refusal(refusal, codec).send(response);
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.path(), e);
      record(request, user, route, 500);
      return SimResponse.refusal(StatusException.of(500, e.toString()), codec).send(response);
    }
  }

  private void record(HttpRequest request, String user, @Nullable Route route, int status) {
    SimRequest entry =
        new SimRequest(
            request.method(),
            request.path(),
            request.rawQuery(),
            request.header("user-agent"),
            request.header("accept"),
            user,
            route == null ? "" : route.verb(),
            route == null ? "" : route.resource().plural(),
            status);
    synchronized (requests) {
      requests.add(entry);
      if (requests.size() > MOST_REQUESTS) {
        requests.remove();
      }
    }
  }

  private static String verb(@Nullable Route route) {
    return route == null ? "" : route.verb();
  }

  private static void refuseIfStruck(
      String verb, HttpRequest request, Optional<InjectedFault> injection) {
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

  private SimResponse review(String user, HttpRequest request) {
    Codec json = negotiation.json();
    return new SimResponse(
        201, json.contentType(), json.object(AccessReviews.answer(users, user, request)));
  }

  private SimResponse info(HttpRequest request) {
    String path = request.path();
    if (path.equals("/readyz") || path.equals("/healthz") || path.equals("/livez")) {
      return new SimResponse(
          200, "text/plain; charset=utf-8", "ok".getBytes(StandardCharsets.UTF_8));
    }
    Codec json = negotiation.json();
    return ServerInfo.at(path)
        .map(object -> new SimResponse(200, json.contentType(), json.object(object)))
        .orElseThrow(
            () -> StatusException.of(404, "the server could not find the requested resource"));
  }

  private SimResponse respond(
      Route route, HttpRequest request, Codec codec, Optional<InjectedFault> injection) {
    if (route.verb().equals("list")) {
      byte[] list = lists.list(route, request, codec, injection);
      return new SimResponse(200, codec.contentType(), list);
    }
    WriteRequests.Result result = writes.handle(route, request);
    return new SimResponse(result.status(), codec.contentType(), codec.object(result.object()));
  }
}
