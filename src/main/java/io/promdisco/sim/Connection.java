package io.promdisco.sim;

import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;

/**
 * A connection over HTTP/1.1. It reads requests one after the other on its own thread. A watch is
 * written by a second thread, so that the first one notices when the client goes away or asks for
 * more.
 */
final class Connection implements Runnable {
  private static final Logger log = EscapingLogger.of(Connection.class);

  private final SimApiServer server;
  private final Answers answers;
  private final int number;
  private final Wire wire;
  private final Socket socket;

  /**
   * Serves {@code socket}.
   *
   * @param raw the TCP connection
   * @param socket the same, or TLS on it
   */
  Connection(SimApiServer server, int number, Socket raw, Socket socket) throws IOException {
    this.server = server;
    this.answers = new Answers(server);
    this.number = number;
    this.socket = socket;
    this.wire = new Wire(raw, new Http1Output(socket.getOutputStream()), server.ticker());
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
    if (socket instanceof SSLSocket secure) {
      secure.startHandshake();
    }
    BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
    boolean goOn = true;
    while (goOn) {
      HttpRequest request = HttpRequest.read(in, wire::goAhead);
      if (request == null) {
        return;
      }
      goOn =
          answers.answer(request, wire, session -> watch(session, in))
              && !request.header("connection").equalsIgnoreCase("close");
    }
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
