package io.promdisco.cli.output;

import io.promdisco.Promdisco;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetChange;
import io.promdisco.scrape.TargetListener;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** Prints a line for every target that is added, changed or removed. */
public final class ChangePrinter implements TargetListener {
  private final Console console;
  private final Predicate<TargetRow> chosen;
  private final Set<Target> shown; // guarded by this
  private final CountDownLatch unread = new CountDownLatch(1);

  /**
   * Creates a printer for the targets that {@code chosen} accepts, except those that are shown
   * already.
   */
  public ChangePrinter(Console console, Predicate<TargetRow> chosen, Collection<Target> shown) {
    this.console = console;
    this.chosen = chosen;
    this.shown = new HashSet<>(shown);
  }

  /** Prints changes until the process is stopped or its output is closed. */
  public static void follow(Promdisco promdisco, ChangePrinter lines) throws InterruptedException {
    try (Registration registration = promdisco.listen(lines)) {
      Objects.requireNonNull(registration);
      lines.unread.await();
    }
  }

  /** Prints the event that caused the following lines. */
  public synchronized void headline(String text) {
    console.line(Console.bold(text));
    console.out().flush();
  }

  @Override
  public synchronized void onChange(TargetChange change) {
    change.removed().forEach(target -> line(Console.red("-"), target));
    change.changed().forEach(pair -> line(Console.yellow("~"), pair.after()));
    for (Target target : change.added()) {
      if (!shown.remove(target)) {
        line(Console.green("+"), target);
      }
    }
    if (console.out().checkError()) { // This flushes; the reader of a pipe may have ended.
      unread.countDown();
    }
  }

  private void line(Console.Painted mark, Target target) {
    TargetRow row = TargetRow.of(target);
    if (chosen.test(row)) {
      console.line(mark, " ", row.job(), "  ", row.url(), "  ", row.labels());
    }
  }
}
