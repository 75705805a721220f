package io.promdisco.config.section;

import io.promdisco.config.table.Setting;
import java.time.Duration;

/** The key {@code refresh_interval}, which all polled discovery kinds have. */
final class RefreshInterval {
  private RefreshInterval() {}

  /** Returns the key with this default. */
  static Setting<Duration> setting(Duration missing) {
    return Setting.duration("refresh_interval", missing)
        .checked(
            (section, key, refresh) -> {
              if (refresh.isZero() && section.hasValue(key)) {
                section.warn(
                    key,
                    "Prometheus accepts 0s and then stops with a panic (expected: more than 0s)");
              }
            });
  }
}
