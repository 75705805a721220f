package io.promdisco.cli.output;

import io.promdisco.Promdisco;
import io.promdisco.scrape.PoolView;
import io.promdisco.scrape.Target;
import io.promdisco.scrape.TargetListener;
import io.promdisco.util.EscapingLogger;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;

/**
 * Shows the current active targets on a terminal's alternate screen, until the user quits. stty(1),
 * which every Unix has, sets up the terminal.
 */
public final class LiveScreen {
  private static final Logger log = EscapingLogger.of(LiveScreen.class);

  private static final Path TERMINAL = Path.of("/dev/tty");
  private static final String ENTER = "\u001b[?1049h\u001b[?25l";
  private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
  private static final int CHANGED = -1;

  /** How often the size of the terminal is read, and the minimum time between two changes. */
  private static final long LOOK_MILLIS = 1000;

  private final Promdisco promdisco;
  private final Predicate<TargetRow> chosen;
  private final PrintStream out;
  private final BlockingQueue<Integer> events = new LinkedBlockingQueue<>();
  private final LiveTable table = new LiveTable();

  public LiveScreen(Promdisco promdisco, Predicate<TargetRow> chosen, PrintStream out) {
    this.promdisco = promdisco;
    this.chosen = chosen;
    this.out = out;
  }

  /** Whether there is a terminal with a keyboard to show a table on. */
  @SuppressWarnings("SystemConsoleNull") // the check covers both cases
  public static boolean isSupported() {
    Console console = System.console();
    return console != null && isTerminal(console) && Files.isWritable(TERMINAL);
  }

  /** Since Java 22, a console may exist without a terminal. */
  private static boolean isTerminal(Console console) {
    try {
      Method method = Console.class.getMethod("isTerminal");
      return (Boolean) method.invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs until the user quits. */
  public void run() throws InterruptedException {
    String before = stty("-g");
    Runnable restore =
        () -> {
          out.print(LEAVE);
          out.flush();
          stty(before);
        };
    // for when the process is terminated
    Thread atEnd = new Thread(restore, "restore-terminal");
    Runtime.getRuntime().addShutdownHook(atEnd);
    stty("-icanon", "-echo", "min", "1");
    out.print(ENTER);
    Thread keys = new Thread(this::readKeys, "keys");
    keys.setDaemon(true);
    keys.start();
    try (TargetListener.Registration registration =
        promdisco.listen(change -> events.add(CHANGED))) {
      Objects.requireNonNull(registration);
      loop();
    } finally {
      restore.run(); // Before the hook is removed, because the process may be terminated now.
      removeHook(atEnd);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      log.debug("the process is ending; its shutdown hook restores the terminal too", e);
    }
  }

  private void loop() throws InterruptedException {
    List<Integer> batch = new ArrayList<>();
    table.show(rows());
    while (true) {
      draw();
      batch.clear();
      Integer first = events.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
        events.drainTo(batch);
      }
      for (int event : batch) {
        if (event != CHANGED && !table.handleKey(event)) {
          return;
        }
      }
      if (batch.contains(CHANGED)) {
        table.show(rows());
      }
    }
  }

  private List<TargetRow> rows() {
    List<TargetRow> rows = new ArrayList<>();
    for (PoolView pool : promdisco.pools()) {
      for (Target target : pool.activeTargets()) {
        TargetRow row = TargetRow.of(target);
        if (chosen.test(row)) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private void draw() {
    String[] size = stty("size").split(" ", 2);
    int height = number(size[0], 24);
    int columns = number(size.length > 1 ? size[1] : "", 80);
    StringBuilder screen = new StringBuilder("\u001b[H");
    List<String> lines = table.lines(columns, height);
    for (int i = 0; i < lines.size(); i++) {
      screen.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append("\u001b[K");
    }
    out.print(screen.append("\u001b[J"));
    out.flush();
  }

  private static int number(String text, int otherwise) {
    return text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : otherwise;
  }

  private void readKeys() {
    try {
      int key = System.in.read();
      while (key >= 0) {
        events.add(key);
        key = System.in.read();
      }
      events.add((int) 'q'); // The terminal was closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stty(String... arguments) {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(TERMINAL.toFile())
              .redirectErrorStream(true)
              .start();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw CommandException.usage(
            "stty "
                + String.join(" ", arguments)
                + ": "
                + answer.strip()
                + " (expected: a terminal; --watch in a pipe prints lines)");
      }
      return answer.strip();
    } catch (IOException e) {
      throw CommandException.usage(
          TERMINAL
              + ": cannot be opened (expected: a terminal; --watch with its output in a pipe prints"
              + " lines)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.usage("interrupted");
    }
  }
}
