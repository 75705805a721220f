package io.promdisco.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines that are logged (to standard error) while this object is open. For tests that run one
 * at a time.
 */
public final class CapturedLog implements AutoCloseable {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Starts capturing. */
  public CapturedLog() {
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  /** The lines that contain all of {@code parts}. */
  public List<String> lines(String... parts) {
    List<String> found = new ArrayList<>();
    for (String line : bytes.toString(StandardCharsets.UTF_8).split("\n", -1)) {
      boolean all = true;
      for (String part : parts) {
        all &= line.contains(part);
      }
      if (all && !line.isEmpty()) {
        found.add(line);
      }
    }
    return found;
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
