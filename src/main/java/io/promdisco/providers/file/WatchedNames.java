package io.promdisco.providers.file;

import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.util.HashSet;
import java.util.Set;

/**
 * Names in a folder whose changes matter.
 *
 * @param all whether every name does
 * @param some those that do otherwise
 */
record WatchedNames(boolean all, Set<String> some) {
  /** Copies the set. */
  WatchedNames {
    some = Set.copyOf(some);
  }

  /** These and {@code others}. */
  WatchedNames plus(WatchedNames others) {
    Set<String> union = new HashSet<>(some);
    union.addAll(others.some);
    return new WatchedNames(all || others.all, union);
  }

  /** Whether an event is of such a name; one that says that events were lost always is. */
  boolean matches(WatchEvent<?> event) {
    return all
        || event.kind() == StandardWatchEventKinds.OVERFLOW
        || some.contains(String.valueOf(event.context()));
  }
}
