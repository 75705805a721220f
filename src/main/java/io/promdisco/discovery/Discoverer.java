package io.promdisco.discovery;

/**
 * A running source of targets for one distinct SD config.
 *
 * <p>It owns its threads. {@link #start} returns at once; a source that cannot be reached yet is
 * tried again for ever, with growing pauses, and told through the sink.
 */
public interface Discoverer extends AutoCloseable {
  /** Begins to put groups into {@code sink}, from its own threads. Called once. */
  void start(TargetSink sink);

  /** Ends all threads and connections; after it returns the sink is not called any more. */
  @Override
  void close();
}
