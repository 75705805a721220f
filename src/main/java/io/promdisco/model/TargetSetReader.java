package io.promdisco.model;

import java.util.function.BiConsumer;

/**
 * Reads the groups that a job has now. The scrape side uses it to recompute what it does not keep,
 * dropped targets above all.
 */
@FunctionalInterface
public interface TargetSetReader {
  /**
   * Calls {@code action} with each provider name and group of {@code job}, on the caller's thread
   * and without holding a lock; an unknown job has none.
   */
  void forEachGroup(String job, BiConsumer<String, TargetGroup> action);
}
