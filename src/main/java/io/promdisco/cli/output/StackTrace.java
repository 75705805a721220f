package io.promdisco.cli.output;

import io.promdisco.util.PrintableText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Formats an exception as lines of text. A message with line breaks cannot forge further lines. */
public final class StackTrace {
  private final List<String> lines = new ArrayList<>();
  private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private StackTrace() {}

  /** Returns the lines of {@link Throwable#printStackTrace}, with printable messages. */
  public static List<String> lines(Throwable error) {
    StackTrace trace = new StackTrace();
    trace.add("", "", error, new StackTraceElement[0]);
    return trace.lines;
  }

  private void add(String indent, String title, Throwable error, StackTraceElement[] outer) {
    String text = indent + title + PrintableText.of(error.toString());
    if (!seen.add(error)) {
      lines.add(text + " (see above)");
      return;
    }
    lines.add(text);
    StackTraceElement[] frames = error.getStackTrace();
    int common = 0;
    while (common < Math.min(frames.length, outer.length)
        && frames[frames.length - 1 - common].equals(outer[outer.length - 1 - common])) {
      common++;
    }
    for (int i = 0; i < frames.length - common; i++) {
      lines.add(indent + "\tat " + frames[i]);
    }
    if (common > 0) {
      lines.add(indent + "\t... " + common + " more");
    }
    for (Throwable suppressed : error.getSuppressed()) {
      add(indent + "\t", "Suppressed: ", suppressed, frames);
    }
    Throwable cause = error.getCause();
    if (cause != null) {
      add(indent, "Caused by: ", cause, frames);
    }
  }
}
