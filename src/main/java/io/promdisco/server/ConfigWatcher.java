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
 * Sees that the configuration file, or a file with scrape configs that it names, holds something
 * else than before.
 *
 * <p>It looks at the contents twice a second, so that it makes no difference how they come to
 * change: in place, by a file that takes the other's place, or by a link that points elsewhere, as
 * Kubernetes mounts a ConfigMap. What has changed must be the same in two looks, so that a file is
 * not read while it is being written; files that never settle are read after {@value
 * #MOST_UNSETTLED} looks all the same. An empty file is no change: a program that writes it may
 * have been stopped half way, and all jobs would go. Its thread is {@code sd-watch-config}.
 */
final class ConfigWatcher implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(ConfigWatcher.class);

  /** The time between two looks. */
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

  // Of the queue's thread.
  private HashCode known;
  private HashCode last;
  private int unsettled;

  /**
   * Watches from now on.
   *
   * @param known what the files held before they were read, see {@link #contents}
   * @param patterns the newest configuration's {@code scrape_config_files}
   * @param onChange called on the watch's thread; called again if it throws
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

  /** What is thrown ends no watch: the queue looks again. */
  private void look() {
    HashCode now = contents(file, patterns.get());
    boolean settled = now.equals(last);
    last = now;
    unsettled = settled ? 0 : unsettled + 1;
    if ((settled || unsettled >= MOST_UNSETTLED) && !now.equals(known)) {
      unsettled = 0;
      if (isEmpty(file)) {
        log.warn(
            "{}: empty; what was read before stays in force (expected: scrape_configs: [] to remove"
                + " all jobs)",
            file);
      } else {
        onChange.run();
      }
      known = now;
    }
    again();
  }

  /** Whether a file is there and holds nothing but white space. */
  private static boolean isEmpty(Path file) {
    try (InputStream in = UserFiles.open(file, MOST_BYTES)) {
      int next = in.read();
      while (next >= 0 && next <= ' ') {
        next = in.read();
      }
      return next < 0;
    } catch (IOException e) {
      return false; // A file that is missing or unreadable is refused with its reason.
    }
  }

  /** A hash of what the file and those of the patterns hold now. */
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
      return List.of(); // The configuration is refused for it.
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
      hasher.putByte((byte) 2); // A file that is missing is a state as well.
    }
  }

  /** The patterns in an effective configuration. */
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
