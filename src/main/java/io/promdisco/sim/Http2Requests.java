package io.promdisco.sim;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.http.h2.Field;
import io.promdisco.http.h2.ServerConnection;
import io.promdisco.http.h2.ServerStream;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The requests of a connection of HTTP/2, each of which is answered by a thread of its own. */
final class Http2Requests implements ServerConnection.Handler {
  private static final Logger log = EscapingLogger.of(Http2Requests.class);

  private final Answers answers;
  private final int number;
  private final Socket raw;
  private final Ticker ticker;
  private final Map<ServerStream, Running> running = new ConcurrentHashMap<>();

  Http2Requests(Answers answers, int number, Socket raw, Ticker ticker) {
    this.answers = answers;
    this.number = number;
    this.raw = raw;
    this.ticker = ticker;
  }

  /** Serves until the client closes the connection, and waits for the threads. */
  void serve(Socket socket) throws IOException, InterruptedException {
    try {
      new ServerConnection(socket.getOutputStream(), this).run(socket.getInputStream());
    } finally {
      raw.close();
      for (Running one : List.copyOf(running.values())) {
        one.stop();
        Thread thread = one.thread;
        if (thread != null) {
          thread.join();
        }
      }
    }
  }

  @Override
  public void request(ServerStream stream, List<Field> head, byte[] body) {
    Running one = new Running(stream, head, body);
    running.put(stream, one);
    one.thread = NamedThreads.start("sd-sim-stream-" + number, one);
  }

  @Override
  public void cancelled(ServerStream stream) {
    Running one = running.get(stream);
    if (one != null) {
      one.stop();
    }
  }

  private final class Running implements Runnable {
    private final ServerStream stream;
    private final List<Field> head;
    private final byte[] body;
    private final Wire wire;
    private volatile @Nullable Thread thread;

    @GuardedBy("this")
    private Watches.@Nullable Session watch;

    @GuardedBy("this")
    private boolean stopped;

    Running(ServerStream stream, List<Field> head, byte[] body) {
      this.stream = stream;
      this.head = head;
      this.body = body;
      wire = new Wire(raw, new Http2Output(stream), ticker);
    }

    @Override
    public void run() {
      try {
        if (!answers.answer(request(), wire, this::watch)) {
          raw.close(); // A fault strikes the connection, and so all that is on it.
        }
      } catch (IOException e) {
        log.debug("an answer on connection {} has ended: {}", number, e.toString());
        stream.reset();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        running.remove(stream);
      }
    }

    private HttpRequest request() throws IOException {
      Map<String, String> headers = new HashMap<>();
      head.forEach(field -> headers.put(field.name(), field.value()));
      headers.put("host", headers.getOrDefault(":authority", ""));
      return HttpRequest.of(
          headers.getOrDefault(":method", ""), headers.getOrDefault(":path", ""), headers, body);
    }

    private boolean watch(Watches.Session session) throws IOException, InterruptedException {
      synchronized (this) {
        if (stopped) {
          session.stop();
        }
        watch = session;
      }
      return session.run();
    }

    private void stop() {
      wire.release();
      synchronized (this) {
        stopped = true;
        if (watch != null) {
          watch.stop();
        }
      }
    }
  }
}
