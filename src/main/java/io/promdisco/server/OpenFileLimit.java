package io.promdisco.server;

import com.google.common.primitives.Longs;
import io.promdisco.util.SmallFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The number of files and connections that this process may still open. */
final class OpenFileLimit {
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files +([0-9]+) ");

  private OpenFileLimit() {}

  /** Returns the number on Linux; the maximum if there is no limit, and on other systems. */
  static long left() {
    Path limits = Path.of("/proc/self/limits");
    if (!Files.isReadable(limits)) {
      return Long.MAX_VALUE;
    }
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      long limit = limit(SmallFiles.read(limits));
      return limit == Long.MAX_VALUE ? limit : Math.max(0, limit - open.count());
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
