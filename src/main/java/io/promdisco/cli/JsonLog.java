package io.promdisco.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serial;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
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
 * Logs a JSON object a line to standard error: {@code time} (RFC 3339, UTC), {@code level}, {@code
 * logger}, {@code msg}, and {@code error} with the stack trace where there is one. Levels are those
 * of the properties that slf4j-simple reads, so that one place sets them. SLF4J makes it, if its
 * property {@code slf4j.provider} says so.
 */
public final class JsonLog implements SLF4JServiceProvider, ILoggerFactory {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter contexts = new NOPMDCAdapter();

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(name, made -> new JsonLogger(made, level(made)));
  }

  /** That of the logger, of what it is in, or the default. */
  private static Level level(String logger) {
    for (String name = logger; !name.isEmpty(); name = parent(name)) {
      String level = System.getProperty(PREFIX + "log." + name);
      if (level != null) {
        return Level.valueOf(level.toUpperCase(Locale.ROOT));
      }
    }
    return Level.valueOf(
        System.getProperty(PREFIX + "defaultLogLevel", "info").toUpperCase(Locale.ROOT));
  }

  private static String parent(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
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

  static String line(
      Instant time, Level level, String logger, String message, @Nullable Throwable error) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("time", time.toString());
      json.writeStringField("level", level.name().toLowerCase(Locale.ROOT));
      json.writeStringField("logger", logger);
      json.writeStringField("msg", message);
      if (error != null) {
        StringWriter trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace, true));
        json.writeStringField("error", trace.toString());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not from a StringWriter
    }
    return out.toString();
  }

  /** Writes to what standard error is at that moment. */
  private static final class JsonLogger extends LegacyAbstractLogger {
    @Serial private static final long serialVersionUID = 1L;

    private final Level lowest;

    JsonLogger(String name, Level lowest) {
      this.name = name;
      this.lowest = lowest;
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
      return logs(Level.WARN);
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
      System.err.println(line(Instant.now(), level, name, String.valueOf(message), error));
    }
  }
}
