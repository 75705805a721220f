package io.promdisco.providers.refresh;

import java.io.IOException;

/**
 * One look at a source that has to be asked again and again. Called from the loop's threads, never
 * twice at a time for one source.
 */
public interface Refresher extends AutoCloseable {
  /**
   * Everything that is there now. May block, bounded by its own time-outs; when the source is
   * closed the thread is interrupted.
   *
   * @throws IOException if the source cannot be read; the message says what, why and what to do, in
   *     one line without secrets
   */
  RefreshResult refresh() throws IOException, InterruptedException;

  /** Gives up what is held open. Called once, never while {@link #refresh} runs. */
  @Override
  default void close() {}
}
