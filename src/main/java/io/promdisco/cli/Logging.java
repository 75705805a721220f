package io.promdisco.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Logs go to standard error. To be set before the first logger is made: slf4j-simple reads its
 * properties once.
 */
final class Logging {
  /** How much is logged. */
  enum Level {
    /** What failed. */
    ERROR,
    /** And what is about to. */
    WARN,
    /** And what begins and ends. */
    INFO,
    /** And what happens in between. */
    DEBUG
  }

  /** How a line looks. */
  enum Format {
    /** For people. */
    TEXT,
    /** For programs: a JSON object a line. */
    JSON
  }

  private Logging() {}

  static void set(@Nullable Format format) {
    if (format == Format.JSON) {
      System.setProperty("slf4j.provider", JsonLog.class.getName());
      System.setProperty("slf4j.internal.verbosity", "WARN"); // it would report that choice
    }
  }

  static void set(@Nullable Level level) {
    if (level != null) {
      property("defaultLogLevel", level.name().toLowerCase(Locale.ROOT));
    }
  }

  /** The level of a command when the user names none. */
  static void useByDefault(Level level) {
    if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
      property("defaultLogLevel", level.name().toLowerCase(Locale.ROOT));
    }
    if (System.getProperty("org.slf4j.simpleLogger.showDateTime") == null) {
      property("showDateTime", "true");
      property("dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
      property("showThreadName", "false");
      property("showShortLogName", "true");
      property("log.org.eclipse.jetty", "warn");
      property("log.io.javalin", "warn");
    }
  }

  private static void property(String name, String value) {
    System.setProperty("org.slf4j.simpleLogger." + name, value);
  }
}
