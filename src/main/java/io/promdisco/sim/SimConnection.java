package io.promdisco.sim;

import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;

/**
 * A connection over HTTP/1.1. It reads requests in sequence on one thread. A second thread writes a
 * watch, so that the first one notices when the client disconnects or sends another request.
 */
final class SimConnection implements Runnable {
  private static final Logger log = EscapingLogger.of(SimConnection.class);

  private final RequestHandler handler;
  private final Consumer<SimConnection> ended;
  private final int number;
  private final ResponseWriter response;
  private final Socket socket;

  /**
   * Creates a connection for {@code socket}.
   *
   * @param raw the TCP connection
   * @param socket the same connection, or TLS over it
   * @param ended called at the end, on the connection's thread
   */
  SimConnection(
      int number,
      Socket raw,
      Socket socket,
      RequestHandler handler,
      Ticker ticker,
      Consumer<SimConnection> ended)
      throws IOException {
    this.handler = handler;
    this.ended = ended;
    this.number = number;
    this.socket = socket;
    this.response = new ResponseWriter(raw, socket, ticker);
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
      ended.accept(this);
      close();
    }
  }

  private void serve() throws IOException, InterruptedException {
    if (socket instanceof SSLSocket secure) {
      secure.startHandshake();
    }
    BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
    boolean goOn = true;
    while (goOn) {
      HttpRequest request = HttpRequest.read(in, response::goAhead);
      if (request == null) {
        return;
      }
      goOn =
          handler.handle(request, response, session -> watch(session, in))
              && !request.header("connection").equalsIgnoreCase("close");
    }
  }

  private boolean watch(WatchRequests.Session session, BufferedInputStream in)
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

  /** Closes the connection and ends its threads. */
  void close() {
    try {
      response.close();
    } catch (IOException e) {
      log.debug("connection {} did not close: {}", number, e.toString());
    }
  }
}
