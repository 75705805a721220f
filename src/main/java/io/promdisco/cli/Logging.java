package io.promdisco.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much is logged to standard error, and how. To be set before the first logger is made. */
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

  /** Any of SLF4J's, for the JVM's command line; {@code trace} shows more than our option. */
  private static final String LEVEL = "promdisco.log.level";

  private static final String FORMAT = "promdisco.log.format";

  private Logging() {}

  /** Has SLF4J log here, whatever else is on the class path. */
  static void use() {
    System.setProperty("slf4j.provider", StderrLog.class.getName());
    System.setProperty("slf4j.internal.verbosity", "WARN"); // it would report that choice
  }

  static void set(@Nullable Format format) {
    if (format != null) {
      System.setProperty(FORMAT, format.name());
    }
  }

  static void set(@Nullable Level level) {
    if (level != null) {
      System.setProperty(LEVEL, level.name());
    }
  }

  /** The level of a command when the user names none. */
  static void useByDefault(Level level) {
    if (System.getProperty(LEVEL) == null) {
      set(level);
    }
  }

  static org.slf4j.event.Level level() {
    return org.slf4j.event.Level.valueOf(
        System.getProperty(LEVEL, Level.INFO.name()).toUpperCase(Locale.ROOT));
  }

  static Format format() {
    return Format.valueOf(System.getProperty(FORMAT, Format.TEXT.name()));
  }
}
