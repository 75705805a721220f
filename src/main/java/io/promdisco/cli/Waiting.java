package io.promdisco.cli;

import io.promdisco.Promdisco;
import io.promdisco.discovery.ProviderStatus;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Waits for the sources; on a terminal, after half a second, with a progress bar. */
final class Waiting {
  private static final Duration QUIET = Duration.ofMillis(500);
  private static final Duration STEP = Duration.ofMillis(200);

  private Waiting() {}

  /** Returns whether every source has delivered within {@code timeout}. */
  static boolean until(Promdisco promdisco, Duration timeout, Console console)
      throws InterruptedException {
    if (!console.terminal()) {
      return promdisco.awaitSynced(timeout);
    }
    Duration quiet = timeout.compareTo(QUIET) < 0 ? timeout : QUIET;
    if (promdisco.awaitSynced(quiet)) {
      return true;
    }
    return withBar(promdisco, timeout.minus(quiet));
  }

  private static boolean withBar(Promdisco promdisco, Duration timeout)
      throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("discovering")
            .setInitialMax(promdisco.providers().size())
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis((int) STEP.toMillis())
            .setConsumer(new ConsoleProgressBarConsumer(System.err))
            .build()) {
      while (true) {
        long synced = promdisco.providers().stream().filter(ProviderStatus::synced).count();
        long targets = promdisco.providers().stream().mapToLong(ProviderStatus::targets).sum();
        bar.stepTo(synced);
        bar.setExtraMessage(targets + " targets");
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (left.isNegative() || left.isZero()) {
          return false;
        }
        if (promdisco.awaitSynced(left.compareTo(STEP) < 0 ? left : STEP)) {
          bar.stepTo(promdisco.providers().size());
          return true;
        }
      }
    }
  }
}
