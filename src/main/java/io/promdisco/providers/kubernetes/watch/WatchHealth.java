package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;

/** Notified when a watch breaks and when it works again. Safe for all threads. */
public interface WatchHealth {
  /** Ignores all notifications. */
  WatchHealth NONE =
      new WatchHealth() {
        @Override
        public void failing(String part, String reason, Duration nextTry) {}

        @Override
        public void recovered(String part) {}
      };

  /**
   * Called when the watch does not work; known objects are kept.
   *
   * @param part server and resource
   * @param reason one line: what is wrong, and what to do
   * @param nextTry the pause before the next try
   */
  void failing(String part, String reason, Duration nextTry);

  /** Called when the watch works again. */
  void recovered(String part);
}
