package io.promdisco.providers.kubernetes.watch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it is told. */
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
