package io.promdisco.discovery;

import io.promdisco.model.TargetGroup;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Receives the groups of a discoverer. Safe for all threads; never blocks for long. */
public interface TargetSink {
  /**
   * Stores new or changed groups; an empty group deletes. Groups are immutable and may be shared.
   */
  void update(List<TargetGroup> groups);

  /**
   * Reports that everything that was found at the start has been delivered. Call it once, after the
   * first successful read, even if there was nothing to deliver; further calls have no effect.
   * Until then, new jobs of the source are incomplete, and programs that request their targets get
   * an error; jobs that existed before a reload keep their old targets for at most 5 s.
   */
  void synced();

  /**
   * Reports that everything that was found at the start has been delivered, except parts that could
   * not be read so far. The jobs of the source remain incomplete until {@link #synced} is called,
   * or this method without parts. Call {@link #failing} for each part first.
   *
   * @param parts the names that were passed to {@link #failing}
   */
  default void syncedExcept(Set<String> parts) {
    synced();
  }

  /**
   * Reports that the source cannot be read. Everything that was delivered before stays.
   *
   * @param part the part that fails, for example {@code https://10.0.0.1:6443 pods}; some parts of
   *     a source may fail while others work
   * @param reason one line for people: what is wrong, and what to do; no secret
   * @param nextTry the pause before the next try
   */
  void failing(String part, String reason, Duration nextTry);

  /** Reports that a part works again. Has no effect if the part did not fail. */
  void recovered(String part);

  /**
   * The job that the source was created for, as in the label {@code config} of Prometheus's
   * metrics; other jobs may share the source. Empty by default: no job is known.
   */
  default String job() {
    return "";
  }
}
