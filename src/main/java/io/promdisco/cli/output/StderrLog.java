package io.promdisco.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.util.Nouns;
import io.promdisco.util.PrintableText;
import io.promdisco.util.RateLimitedLog;
import java.io.IOException;
import java.io.Serial;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logs to standard error: for people {@code 2026-11-21T20:35:29.154Z WARN Reflector - text} and the
 * stack trace if there is one; for programs a JSON object on each line with {@code time} (RFC 3339,
 * UTC), {@code level}, {@code logger}, {@code msg}, and {@code error}. {@link Logging} has the
 * settings. SLF4J uses it if the property {@code slf4j.provider} names it.
 */
public final class StderrLog implements SLF4JServiceProvider, ILoggerFactory {
  /**
   * The package whose messages below a warning are not useful to users. Clients can cause its
   * messages, so each of its loggers prints one line a minute, without a stack trace.
   */
  private static final String WEB_SERVER = "org.eclipse.jetty.";

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private static final LogWriter WRITER =
      new LogWriter(line -> System.err.println(line), StderrLog::omitted, Duration.ofSeconds(1));

  private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter contexts = new NOPMDCAdapter();

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(name, made -> new StderrLogger(made, level(made)));
  }

  private static Level level(String logger) {
    Level level = Logging.level();
    return logger.startsWith(WEB_SERVER) && level.toInt() < Level.WARN.toInt() ? Level.WARN : level;
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return this;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return contexts;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99"; // any 2.0
  }

  @Override
  public void initialize() {}

  private static String omitted(long lines) {
    String message =
        Nouns.count(lines, "line")
            + " of the log omitted: standard error was not read (expected: a reader that keeps up)";
    String logger = StderrLog.class.getName();
    return line(Logging.format(), Instant.now(), Level.WARN, logger, message, null);
  }

  static String line(
      Logging.Format format,
      Instant time,
      Level level,
      String logger,
      String message,
      @Nullable Throwable error) {
    return switch (format) {
      case TEXT -> text(TIME.format(time), level, logger, message, error);
      case JSON -> json(TIME.format(time), level, logger, message, error);
    };
  }

  private static String text(
      String time, Level level, String logger, String message, @Nullable Throwable error) {
    String name = logger.substring(logger.lastIndexOf('.') + 1);
    String line =
        time + " " + level + " " + PrintableText.of(name) + " - " + PrintableText.of(message);
    return error == null
        ? line
        : line
            + System.lineSeparator()
            + String.join(System.lineSeparator(), StackTrace.lines(error));
  }

  private static String json(
      String time, Level level, String logger, String message, @Nullable Throwable error) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("time", time);
      json.writeStringField("level", level.name().toLowerCase(Locale.ROOT));
      json.writeStringField("logger", logger);
      json.writeStringField("msg", message);
      if (error != null) {
        json.writeStringField("error", String.join("\n", StackTrace.lines(error)));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    return out.toString();
  }

  private static final class Json {
    static final JsonFactory FACTORY = new JsonFactory();
  }

  /** Writes to the current standard error. */
  private static final class StderrLogger extends LegacyAbstractLogger {
    @Serial private static final long serialVersionUID = 1L;

    private final Level lowest;

    private final transient @Nullable RateLimitedLog limited;

    StderrLogger(String name, Level lowest) {
      this.name = name;
      this.lowest = lowest;
      limited =
          name.startsWith(WEB_SERVER)
              ? new RateLimitedLog(System::nanoTime, line -> write(Level.WARN, line, null))
              : null;
    }

    private void write(Level level, String message, @Nullable Throwable error) {
      WRITER.write(line(Logging.format(), Instant.now(), level, name, message, error));
    }

    private boolean logs(Level level) {
      return level.toInt() >= lowest.toInt();
    }

    @Override
    public boolean isTraceEnabled() {
      return logs(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
      return logs(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
      return logs(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
      return logs(Level.WARN) && !Logging.leavesWarningsOf(name);
    }

    @Override
    public boolean isErrorEnabled() {
      return logs(Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
      return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level,
        @Nullable Marker marker,
        String pattern,
        Object @Nullable [] arguments,
        @Nullable Throwable error) {
      String message = MessageFormatter.basicArrayFormat(pattern, arguments);
      RateLimitedLog once = limited;
      if (once == null) {
        write(level, String.valueOf(message), error);
      } else {
        once.log(error == null ? String.valueOf(message) : message + ": " + error);
      }
    }
  }
}
