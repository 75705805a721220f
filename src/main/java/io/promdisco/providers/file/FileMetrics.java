package io.promdisco.providers.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.metrics.Metrics;
import java.util.HashMap;
import java.util.Map;

/** The metrics of all file discoverers. Safe for all threads. */
final class FileMetrics {
  private final Metrics.Counter readErrors;
  private final Metrics.Counter watcherErrors;
  private final Metrics.Timer scans;
  private final Metrics.Gauge times;

  /** The discoverers that have read a file; the time series is removed with the last of them. */
  @GuardedBy("this")
  private final Map<String, Map<Object, Double>> readers = new HashMap<>();

  FileMetrics(Metrics metrics) {
    readErrors =
        metrics.counter(
            "prometheus_sd_file_read_errors_total", "The number of File-SD read errors.");
    watcherErrors =
        metrics.counter(
            "prometheus_sd_file_watcher_errors_total",
            "The number of File-SD errors caused by filesystem watch failures.");
    scans =
        metrics.timer(
            "prometheus_sd_file_scan_duration_seconds",
            "The duration of the File-SD scan in seconds.");
    times =
        metrics.timestamp(
            "prometheus_sd_file_mtime_seconds",
            "Timestamp (mtime) of files read by FileSD. Timestamp is set at read time.",
            "filename");
    readErrors.add(0);
    watcherErrors.add(0);
  }

  void readFailed() {
    readErrors.inc();
  }

  void watchFailed() {
    watcherErrors.inc();
  }

  void scanned(long nanos) {
    scans.observe(nanos / 1e9);
  }

  /**
   * Records that {@code reader} has read {@code file}, which was changed {@code seconds} after 1970
   * began.
   */
  synchronized void read(Object reader, String file, double seconds) {
    readers.computeIfAbsent(file, name -> new HashMap<>()).put(reader, seconds);
    times.set(seconds, file);
  }

  /** Records that {@code reader} no longer has {@code file}. */
  synchronized void forget(Object reader, String file) {
    Map<Object, Double> left = readers.get(file);
    if (left != null && left.remove(reader) != null && left.isEmpty()) {
      readers.remove(file);
      times.remove(file);
    }
  }
}
