package io.promdisco.cli.source;

import io.promdisco.Promdisco;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.TerminalText;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.util.Nouns;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of a command on a terminal, after half a second and until it is closed, in a
 * line that is removed at the end. Shows nothing in a pipe.
 */
public final class ProgressLine implements AutoCloseable {
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int STEP_MILLIS = 200;
  private static final int USUAL_COLUMNS = 80;

  private final @Nullable ProgressBar bar;

  private ProgressLine(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Returns whether every source has delivered within {@code timeout}. */
  public static boolean until(
      Promdisco promdisco, Duration timeout, Console console, ListProgress listed)
      throws InterruptedException {
    try (ProgressLine waiting = show(console, () -> sources(promdisco) + listed.text())) {
      Objects.requireNonNull(waiting);
      return promdisco.awaitSynced(timeout);
    }
  }

  /**
   * Shows {@code text} until the result is closed.
   *
   * @param text returns one line; called from a separate thread
   */
  public static ProgressLine show(Console console, Supplier<String> text) {
    if (!console.terminal()) {
      return new ProgressLine(null);
    }
    return new ProgressLine(
        new ProgressBarBuilder()
            .setUpdateIntervalMillis(STEP_MILLIS)
            .continuousUpdate()
            .setRenderer((state, columns) -> cut(text.get(), columns))
            .setConsumer(new TerminalLine(console))
            .build());
  }

  private static String sources(Promdisco promdisco) {
    List<ProviderStatus> providers = promdisco.providers();
    long synced = providers.stream().filter(ProviderStatus::synced).count();
    return synced + " of " + Nouns.count(providers.size(), "source") + " complete   ";
  }

  private static String cut(String text, int columns) {
    return TerminalText.cut(text, columns);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /** The line of the terminal with the cursor. */
  private static final class TerminalLine implements ProgressBarConsumer {
    private final PrintStream err;
    private final int columns;
    private final long start = System.nanoTime();
    private boolean shown;

    TerminalLine(Console console) {
      err = console.err();
      columns = (console.columns() > 0 ? console.columns() : USUAL_COLUMNS) - 1;
    }

    @Override
    public int getMaxRenderedLength() {
      return columns;
    }

    @Override
    public synchronized void accept(String text) {
      if (System.nanoTime() - start >= QUIET_NANOS && !text.isEmpty()) {
        shown = true;
        err.print("\r" + text + "\u001b[K");
        err.flush();
      }
    }

    @Override
    public synchronized void close() {
      if (shown) {
        err.print("\r\u001b[K");
        err.flush();
      }
    }
  }
}
