package io.promdisco.server;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** An answer that goes on for as long as its reader likes, and is written without waiting. */
final class LongAnswer {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final AtomicBoolean ended = new AtomicBoolean();

  LongAnswer(Request request, Response response, Callback callback) {
    this.request = request;
    this.response = response;
    this.callback = callback;
  }

  /** Tells, in a thread of the server, that the connection broke. */
  void onFailure(Consumer<Throwable> listener) {
    request.addIdleTimeoutListener(timeout -> false); // there may be nothing to tell for long
    request.addFailureListener(listener);
  }

  /** Sends a piece; the one before must have gone. */
  void write(byte[] piece, Callback done) {
    response.write(false, ByteBuffer.wrap(piece), done);
  }

  /** Ends the answer in order. Does nothing when it has ended. */
  void end() {
    if (ended.compareAndSet(false, true)) {
      callback.succeeded();
    }
  }

  /** Breaks the connection. Does nothing when the answer has ended. */
  void cut(Throwable cause) {
    if (ended.compareAndSet(false, true)) {
      callback.failed(cause);
    }
  }
}
