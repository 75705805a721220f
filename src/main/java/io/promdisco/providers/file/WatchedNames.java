package io.promdisco.providers.file;

import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.util.HashSet;
import java.util.Set;

/**
 * Names in a folder that are watched.
 *
 * @param all whether every name is watched
 * @param some the watched names, if not all are
 */
record WatchedNames(boolean all, Set<String> some) {
  /** Copies the set. */
  WatchedNames {
    some = Set.copyOf(some);
  }

  /** Returns the union of these and {@code others}. */
  WatchedNames plus(WatchedNames others) {
    Set<String> union = new HashSet<>(some);
    union.addAll(others.some);
    return new WatchedNames(all || others.all, union);
  }

  /**
   * Whether an event is about a watched name. An event that says that events were lost always
   * matches.
   */
  boolean matches(WatchEvent<?> event) {
    return all
        || event.kind() == StandardWatchEventKinds.OVERFLOW
        || some.contains(String.valueOf(event.context()));
  }
}
