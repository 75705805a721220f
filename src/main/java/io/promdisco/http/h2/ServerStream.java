package io.promdisco.http.h2;

import java.io.IOException;
import java.util.List;

/** The server's end of a stream: writes an answer, as fast as the client takes it. */
public final class ServerStream {
  private final ServerConnection connection;
  private final int id;
  private final SendWindow window;

  ServerStream(ServerConnection connection, int id, long window) {
    this.connection = connection;
    this.id = id;
    this.window = new SendWindow(window);
  }

  /** Begins the answer. */
  public void head(List<Field> fields, boolean last) throws IOException {
    window.checkOpen();
    connection.send(new Frames().headers(id, fields, last));
    if (last) {
      finish();
    }
  }

  /**
   * Writes a part of the body; waits while the client takes no more.
   *
   * @throws IOException if the client wants no more of it
   */
  public void write(byte[] bytes, boolean last) throws IOException {
    int at = 0;
    while (at < bytes.length) {
      int room = window.take(Math.min(bytes.length - at, Frames.SENT_AT_MOST));
      int part = connection.reserve(room);
      window.grow(room - part);
      boolean end = last && at + part == bytes.length;
      connection.send(new Frames().data(id, bytes, at, part, end));
      at += part;
    }
    if (bytes.length == 0 && last) {
      window.checkOpen();
      connection.send(new Frames().data(id, bytes, 0, 0, true));
    }
    if (last) {
      finish();
    }
  }

  private void finish() {
    connection.forget(id);
    cancel();
  }

  /** Breaks the answer off. */
  public void reset() {
    connection.send(new Frames().reset(id, Http2Exception.INTERNAL_ERROR));
    finish();
  }

  /** The client takes so many bytes more, or less. */
  void grow(long more) {
    window.grow(more);
  }

  /** Nothing more can be written. */
  void cancel() {
    window.close();
  }
}
