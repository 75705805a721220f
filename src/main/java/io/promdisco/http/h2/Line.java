package io.promdisco.http.h2;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The encrypted way to a server. Everything but {@link #close} is called once it is connected. */
public interface Line {
  /**
   * Connects and agrees on the protocol. Called once, by the thread that reads afterwards.
   *
   * @return what the server chose to speak (ALPN), {@code h2} for HTTP/2; may be empty
   */
  String connect() throws IOException;

  /** What the server sends. Read by one thread, which is blocked until something has come. */
  InputStream input() throws IOException;

  /** What the server gets. Written to by one thread at a time. */
  OutputStream output() throws IOException;

  /** Whether more has come already, so that reading on will not wait. */
  boolean hasMore();

  /** Whether the network had no more to give when it was read last. */
  boolean isDrained();

  /** Ends everything at once, for whoever connects, reads or writes. Any thread; never blocks. */
  void close();
}
