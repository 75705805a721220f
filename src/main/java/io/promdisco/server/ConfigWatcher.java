package io.promdisco.server;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.promdisco.config.section.Globs;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Ticker;
import io.promdisco.util.UserFiles;
import io.promdisco.workqueue.TaskQueue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Detects changes of the configuration file, and of the files with scrape configs that it names.
 *
 * <p>It reads the contents twice a second, so the kind of change does not matter: the file is
 * written in place, replaced, or reached through a link that now points elsewhere, as Kubernetes
 * does for a mounted ConfigMap. A change counts only if two readings agree, so that a file is not
 * used while it is being written. An empty file is ignored: the program that writes it may have
 * been stopped, and all jobs would be removed. Its thread is {@code sd-watch-config}.
 */
final class ConfigWatcher implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(ConfigWatcher.class);

  /** The time between two readings. */
  static final Duration PAUSE = Duration.ofMillis(500);

  /** How many looks in a row may find something else each time before it counts as a change. */
  static final int MOST_UNSETTLED = 20;

  /** The largest file; more is refused as a configuration. */
  private static final long MOST_BYTES = 32 << 20;

  private final Ticker ticker;
  private final Path file;
  private final Supplier<List<String>> patterns;
  private final Runnable onChange;
  private final TaskQueue<String> looks;

  // used by the queue's thread only
  private HashCode known;
  private HashCode last;
  private int unsettled;

  /**
   * Starts to watch.
   *
   * @param known the contents before the files were loaded, see {@link #contents}
   * @param patterns {@code scrape_config_files} of the current configuration
   * @param onChange called on the thread of the watch; called again if it throws an exception
   */
  ConfigWatcher(
      Ticker ticker,
      Path file,
      HashCode known,
      Supplier<List<String>> patterns,
      Runnable onChange) {
    this.ticker = ticker;
    this.file = file;
    this.known = known;
    this.last = known;
    this.patterns = patterns;
    this.onChange = onChange;
    looks = new TaskQueue<>("watch-config", ticker, task -> look());
    again();
  }

  private void again() {
    ticker.schedule(PAUSE, () -> looks.put("look"));
  }

  /** An exception does not end the watch: the queue tries again. */
  private void look() {
    HashCode now = contents(file, patterns.get());
    boolean settled = now.equals(last);
    last = now;
    unsettled = settled ? 0 : unsettled + 1;
    if ((settled || unsettled >= MOST_UNSETTLED) && !now.equals(known)) {
      unsettled = 0;
      if (isEmpty(file)) {
        log.warn(
            "{}: empty; the previous configuration stays in force (expected:"
                + " scrape_configs: [] to remove all jobs)",
            file);
      } else {
        onChange.run();
      }
      known = now;
    }
    again();
  }

  /** Whether a file exists and contains only white space. */
  private static boolean isEmpty(Path file) {
    try (InputStream in = UserFiles.open(file, MOST_BYTES)) {
      int next = in.read();
      while (next >= 0 && next <= ' ') {
        next = in.read();
      }
      return next < 0;
    } catch (IOException e) {
      return false; // loading a missing or unreadable file reports the reason
    }
  }

  /** Returns a hash of the current contents of the file and of the files of the patterns. */
  static HashCode contents(Path file, List<String> patterns) {
    Hasher hasher = Hashing.sha256().newHasher();
    add(file, hasher);
    for (String pattern : patterns) {
      for (Path found : files(pattern)) {
        add(found, hasher);
      }
    }
    return hasher.hash();
  }

  private static List<Path> files(String pattern) {
    try {
      return Globs.files(pattern);
    } catch (PatternSyntaxException e) {
      return List.of(); // loading the configuration reports it
    }
  }

  private static void add(Path file, Hasher hasher) {
    hasher.putString(file.toString(), StandardCharsets.UTF_8).putByte((byte) 0);
    byte[] buffer = new byte[8192];
    try (InputStream in = UserFiles.open(file, MOST_BYTES)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hasher.putBytes(buffer, 0, read);
      }
      hasher.putByte((byte) 1);
    } catch (IOException e) {
      hasher.putByte((byte) 2); // A missing file is a state too.
    }
  }

  /** Returns the patterns in an effective configuration. */
  static List<String> patterns(@Nullable Object scrapeConfigFiles) {
    List<String> patterns = new ArrayList<>();
    if (scrapeConfigFiles instanceof List<?> list) {
      list.forEach(pattern -> patterns.add(String.valueOf(pattern)));
    }
    return patterns;
  }

  @Override
  public void close() {
    looks.close();
  }
}
