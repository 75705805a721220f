package io.promdisco.server;

import com.google.common.primitives.Longs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How many files and connections this process may have open. */
final class OpenFiles {
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files +([0-9]+) ");

  private OpenFiles() {}

  /** The limit as Linux tells it; the largest number if there is none, or on other systems. */
  static long limit() {
    Path limits = Path.of("/proc/self/limits");
    try {
      return Files.isReadable(limits) ? limit(Files.readString(limits)) : Long.MAX_VALUE;
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The limit in the text of {@code /proc/self/limits}. */
  static long limit(String limits) {
    Matcher line = LIMIT.matcher(limits);
    @Nullable Long limit = line.find() ? Longs.tryParse(line.group(1)) : null;
    return limit == null ? Long.MAX_VALUE : limit;
  }
}
