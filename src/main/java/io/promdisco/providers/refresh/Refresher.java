package io.promdisco.providers.refresh;

import java.io.IOException;

/**
 * Reads a source that must be polled. Called from the loop's threads, never by two threads at a
 * time for one source.
 */
public interface Refresher extends AutoCloseable {
  /**
   * Returns all current groups. May block, limited by its own timeouts. The thread is interrupted
   * when the source is closed.
   *
   * @throws IOException if the source cannot be read; the message says what is wrong, why, and what
   *     to do, in one line without secrets
   */
  RefreshResult refresh() throws IOException, InterruptedException;

  /** Releases resources. Called once, never while {@link #refresh} is running. */
  @Override
  default void close() {}
}
