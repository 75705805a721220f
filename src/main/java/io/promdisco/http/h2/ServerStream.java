package io.promdisco.http.h2;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The server's end of a stream: writes an answer, as fast as the client takes it. */
public final class ServerStream {
  private final ServerConnection connection;
  private final int id;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Bytes that the client takes at the moment; negative when it takes less than it promised. */
  @GuardedBy("lock")
  private long window;

  @GuardedBy("lock")
  private boolean ended;

  ServerStream(ServerConnection connection, int id, long window) {
    this.connection = connection;
    this.id = id;
    this.window = window;
  }

  /** Begins the answer. */
  public void head(List<Field> fields, boolean last) throws IOException {
    checkOpen();
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
      int room = awaitRoom(Math.min(bytes.length - at, Frames.SENT_AT_MOST));
      int part = connection.reserve(room);
      grow(room - part);
      boolean end = last && at + part == bytes.length;
      connection.send(new Frames().data(id, bytes, at, part, end));
      at += part;
    }
    if (bytes.length == 0 && last) {
      checkOpen();
      connection.send(new Frames().data(id, bytes, 0, 0, true));
    }
    if (last) {
      finish();
    }
  }

  private int awaitRoom(int wanted) throws IOException {
    lock.lock();
    try {
      while (window <= 0 && !ended) {
        changed.awaitUninterruptibly();
      }
      checkOpen();
      int part = (int) Math.min(window, wanted);
      window -= part;
      return part;
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() throws IOException {
    lock.lock();
    try {
      if (ended) {
        throw new IOException("the client wants no more of this answer");
      }
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      window += more;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more can be written. */
  void cancel() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
