package io.promdisco.discovery;

import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Where a discoverer puts what it finds. Safe for all threads; never blocks for long. */
public interface TargetSink {
  /**
   * Groups that are new or changed; an empty group deletes. Groups are immutable and may be shared.
   */
  void update(List<TargetGroup> groups);

  /**
   * Everything that was there at the start has been put. To be called once, after the first
   * successful look and also when there was nothing to put; further calls do nothing. Until then
   * new jobs of the source are incomplete, and programs that ask for their targets get an error;
   * jobs that were there before a reload keep their old targets for at most 5 s.
   */
  void synced();

  /**
   * Everything that was there at the start has been put, except parts that have never been read.
   * The jobs of the source stay incomplete until {@link #synced} is called, or this method without
   * parts. Call {@link #failing} for each of them first.
   *
   * @param parts the names that were given to {@link #failing}
   */
  default void syncedExcept(Set<String> parts) {
    synced();
  }

  /**
   * The source cannot be read; what was put before stays.
   *
   * @param part what fails, as {@code https://10.0.0.1:6443 pods}: a source of several parts may
   *     fail in some
   * @param reason one line for people: what, and what to do; no secret
   * @param nextTry the pause before the next try
   */
  void failing(String part, String reason, Duration nextTry);

  /** A part that failed works again; for a part that did not fail it does nothing. */
  void recovered(String part);

  /**
   * The job that the source was made for, as the label {@code config} of Prometheus's metrics has
   * it; other jobs may share the source. Empty by default: no job is known.
   */
  default String job() {
    return "";
  }
}
