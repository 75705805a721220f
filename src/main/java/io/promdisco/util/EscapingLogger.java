package io.promdisco.util;

import java.io.Serial;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LocationAwareLogger;

/**
 * The loggers of this library. Log messages may contain text from servers, files and clusters. So
 * each argument and each message of an exception is made {@linkplain PrintableText printable} and
 * cut at {@value #LONGEST} characters, for every logging library: such text cannot forge a line of
 * the log or fill it. If memory is short, a line is left out, so that logging never ends a loop or
 * a thread. Safe for all threads.
 */
public final class EscapingLogger extends LegacyAbstractLogger {
  @Serial private static final long serialVersionUID = 1L;

  private static final int LONGEST = 4000;
  private static final int MOST_CAUSES = 20;
  private static final String NAME = EscapingLogger.class.getName();

  private final transient Logger to;

  private EscapingLogger(Logger to) {
    this.to = to;
    this.name = to.getName();
  }

  /** Returns the logger of {@code type}. */
  public static Logger of(Class<?> type) {
    return new EscapingLogger(LoggerFactory.getLogger(type));
  }

  @Override
  public boolean isTraceEnabled() {
    return to.isTraceEnabled();
  }

  @Override
  public boolean isDebugEnabled() {
    return to.isDebugEnabled();
  }

  @Override
  public boolean isInfoEnabled() {
    return to.isInfoEnabled();
  }

  @Override
  public boolean isWarnEnabled() {
    return to.isWarnEnabled();
  }

  @Override
  public boolean isErrorEnabled() {
    return to.isErrorEnabled();
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return NAME;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable error) {
    try {
      logPrintable(level, marker, pattern, arguments, error);
    } catch (OutOfMemoryError e) {
      // There is no memory left to report it.
    }
  }

  private void logPrintable(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable error) {
    Object[] printable = arguments == null ? new Object[0] : arguments.clone();
    for (int i = 0; i < printable.length; i++) {
      if (!(printable[i] instanceof Number)) {
        printable[i] = PrintableText.brief(String.valueOf(printable[i]), LONGEST);
      }
    }
    Throwable shown = error == null ? null : printable(error);
    if (to instanceof LocationAwareLogger aware) {
      aware.log(marker, NAME, level.toInt(), pattern, printable, shown);
    } else {
      var event = to.makeLoggingEventBuilder(level).setMessage(pattern);
      for (Object argument : printable) {
        event = event.addArgument(argument);
      }
      event = shown == null ? event : event.setCause(shown);
      (marker == null ? event : event.addMarker(marker)).log();
    }
  }

  /**
   * Returns the exception itself if its messages are printable and short, otherwise a copy with
   * printable messages.
   */
  static Throwable printable(Throwable error) {
    return isPrintable(error) ? error : new Copy(error, MOST_CAUSES);
  }

  private static boolean isPrintable(Throwable error) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    return isPrintable(error, seen);
  }

  private static boolean isPrintable(@Nullable Throwable error, Set<Throwable> seen) {
    if (error == null || !seen.add(error)) {
      return true;
    }
    String text = error.toString();
    if (!PrintableText.brief(text, LONGEST).equals(text)
        || seen.size() > MOST_CAUSES
        || !isPrintable(error.getCause(), seen)) {
      return false;
    }
    for (Throwable suppressed : error.getSuppressed()) {
      if (!isPrintable(suppressed, seen)) {
        return false;
      }
    }
    return true;
  }

  /** A printable copy of an exception that shows the original type. */
  @SuppressWarnings("OverrideThrowableToString")
  private static final class Copy extends Throwable {
    @Serial private static final long serialVersionUID = 1L;

    private final String text;

    Copy(Throwable of, int depth) {
      super(null, cause(of, depth), true, true);
      text = PrintableText.brief(of.toString(), LONGEST);
      setStackTrace(of.getStackTrace());
      Throwable[] others = of.getSuppressed();
      for (int i = 0; i < others.length && i < depth - 1; i++) {
        addSuppressed(new Copy(others[i], 1));
      }
    }

    private static @Nullable Throwable cause(Throwable of, int depth) {
      Throwable cause = of.getCause();
      return cause == null || depth <= 1 ? null : new Copy(cause, depth - 1);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
