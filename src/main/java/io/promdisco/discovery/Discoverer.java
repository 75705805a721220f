package io.promdisco.discovery;

/**
 * A running source of targets for one SD config.
 *
 * <p>It has its own threads. {@link #start} returns immediately. A source that cannot be reached is
 * retried until it is closed, with growing pauses, and reported through the sink.
 */
public interface Discoverer extends AutoCloseable {
  /** Starts to put groups into {@code sink}, from its own threads. Called once. */
  void start(TargetSink sink);

  /** Ends all threads and connections. After it returns, the sink is no longer called. */
  @Override
  void close();
}
