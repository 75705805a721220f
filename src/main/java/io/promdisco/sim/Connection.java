package io.promdisco.sim;

import io.promdisco.util.NamedThreads;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection: reads requests one after the other on its own thread. A watch is written by a
 * second thread, so that the first one notices when the client goes away or asks for more.
 */
final class Connection implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private final SimApiServer server;
  private final int number;
  private final Wire wire;
  private final Socket socket;

  /**
   * Serves {@code socket}.
   *
   * @param socket to read from: TLS or plain
   * @param wire to write to
   */
  Connection(SimApiServer server, int number, Socket socket, Wire wire) {
    this.server = server;
    this.number = number;
    this.socket = socket;
    this.wire = wire;
  }

  @Override
  public void run() {
    try {
      serve();
    } catch (IOException e) {
      log.debug("connection {} has ended: {}", number, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.ended(this);
      close();
    }
  }

  private void serve() throws IOException, InterruptedException {
    BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
    boolean goOn = true;
    while (goOn) {
      HttpRequest request = HttpRequest.read(in, wire::goAhead);
      if (request == null) {
        return;
      }
      goOn = answer(request, in) && !request.header("connection").equalsIgnoreCase("close");
    }
  }

  private boolean answer(HttpRequest request, BufferedInputStream in)
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
        refuseIfStruck("", injection);
        reply = Reviews.isReview(request) ? review(user, request) : info(request);
      } else {
        server.users().authorize(user, route);
        codec = server.negotiation().choose(request.header("accept"));
        refuseIfStruck(route.verb(), injection);
        if (route.verb().equals("watch")) {
          Watches.Session session = server.watches().begin(route, request, codec, wire, injection);
          server.log(request, user, route, 200);
          return watch(session, in);
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

  private static void refuseIfStruck(String verb, Optional<Injection> injection) {
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

  private boolean watch(Watches.Session session, BufferedInputStream in)
      throws IOException, InterruptedException {
    boolean[] whole = {false};
    Thread writer =
        NamedThreads.start(
            "sd-sim-watch-" + number,
            () -> {
              try {
                whole[0] = session.run();
              } catch (IOException e) {
                log.debug("watch on connection {} has ended: {}", number, e.toString());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                if (!whole[0]) {
                  close();
                }
              }
            });
    boolean asksForMore = false;
    try {
      in.mark(1);
      asksForMore = in.read() >= 0;
    } finally {
      if (!asksForMore) {
        session.stop();
        close();
      }
      writer.join();
    }
    in.reset();
    return whole[0];
  }

  /** Closes it; its threads end. */
  void close() {
    try {
      wire.close();
    } catch (IOException e) {
      log.debug("connection {} did not close: {}", number, e.toString());
    }
  }
}
