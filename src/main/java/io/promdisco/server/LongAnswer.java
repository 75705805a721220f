package io.promdisco.server;

import io.promdisco.server.access.ClientConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * An answer that is written in parts without a thread that waits for the client. A client that does
 * not read a part in time is disconnected.
 */
final class LongAnswer implements AnswerMemory.Holder {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final ClientConnection connection;
  private final AtomicBoolean ended = new AtomicBoolean();

  LongAnswer(Request request, Response response, Callback callback, ClientConnection connection) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.connection = connection;
  }

  /** Registers a listener that is called on a server thread if the connection breaks. */
  void onFailure(Consumer<Throwable> listener) {
    request.addFailureListener(listener);
  }

  /** Whether the settings that admitted the client are still current. */
  boolean isAllowed() {
    return connection.isAllowed();
  }

  /** Sends a part; the previous one must have been sent. */
  void write(byte[] part, Callback done) {
    write(false, ByteBuffer.wrap(part), done);
  }

  /** Sends a part; the previous one must have been sent. */
  void write(boolean last, ByteBuffer part, Callback done) {
    connection.writes();
    response.write(last, part, new WriteCallback(done));
  }

  private final class WriteCallback extends Callback.Nested {
    WriteCallback(Callback done) {
      super(done);
    }

    @Override
    public void succeeded() {
      connection.written();
      super.succeeded();
    }
  }

  /** Completes the answer. Does nothing if it has ended. */
  void end() {
    if (ended.compareAndSet(false, true)) {
      callback.succeeded();
    }
  }

  /** Breaks the connection. Does nothing if the answer has ended. */
  @Override
  public void cut(Throwable cause) {
    if (ended.compareAndSet(false, true)) {
      callback.failed(cause);
    }
  }
}
