package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls it gets. */
final class RecordingHealth implements WatchHealth {
  final List<String> told = new CopyOnWriteArrayList<>();
  final List<Duration> pauses = new CopyOnWriteArrayList<>();

  @Override
  public void failing(String part, String reason, Duration nextTry) {
    told.add("failing " + part + ": " + reason);
    pauses.add(nextTry);
  }

  @Override
  public void recovered(String part) {
    told.add("recovered " + part);
  }
}
