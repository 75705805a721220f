package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;

/** Is told when a watch breaks and when it works again. Safe for all threads. */
public interface WatchHealth {
  /** Tells nobody. */
  WatchHealth NONE =
      new WatchHealth() {
        @Override
        public void failing(String part, String reason, Duration nextTry) {}

        @Override
        public void recovered(String part) {}
      };

  /**
   * The watch does not work; what is known is kept.
   *
   * @param part server and resource
   * @param reason one line: what, and what to do
   * @param nextTry the pause before the next try
   */
  void failing(String part, String reason, Duration nextTry);

  /** The watch works again. */
  void recovered(String part);
}
