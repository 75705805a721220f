package io.promdisco.cli.output;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Level and format of the log on standard error. Must be set before the first logger is created.
 */
public final class Logging {
  /** The level of the log. */
  public enum Level {
    /** Failures. */
    ERROR,
    /** Also warnings. */
    WARN,
    /** Also what starts and ends. */
    INFO,
    /** Also details. */
    DEBUG
  }

  /** The format of a line. */
  public enum Format {
    /** Text for people. */
    TEXT,
    /** A JSON object on each line, for programs. */
    JSON
  }

  /**
   * For the JVM's command line, with any level of SLF4J; {@code trace} shows more than the option
   * allows.
   */
  private static final String LEVEL = "promdisco.log.level";

  private static final String FORMAT = "promdisco.log.format";

  /** Whether the JVM's command line sets a level. */
  private static final boolean CHOSEN_AT_START = System.getProperty(LEVEL) != null;

  /** The loggers of failures that sources report too. */
  static final Set<String> SOURCES =
      Set.of(
          "io.promdisco.discovery.DiscoveryManager",
          "io.promdisco.providers.file.FileDiscoverer",
          "io.promdisco.providers.kubernetes.watch.WatchFailureReporter",
          "io.promdisco.providers.refresh.PolledSource");

  private static volatile boolean chosen = CHOSEN_AT_START;
  private static volatile boolean sourceFailures = true;

  private Logging() {}

  /**
   * Stops logging failures of sources as warnings, because the command prints the remaining ones at
   * its end. They are still logged if the user sets a level.
   */
  public static void leaveSourceFailures() {
    sourceFailures = false;
  }

  /** Logs failures of sources again. */
  public static void reportSourceFailures() {
    sourceFailures = true;
  }

  /** Whether the command reports the warnings of a logger. */
  static boolean leavesWarningsOf(String logger) {
    return !sourceFailures && !chosen && SOURCES.contains(logger);
  }

  /** Makes SLF4J log here, whatever else is on the class path. */
  public static void use() {
    System.setProperty("slf4j.provider", StderrLog.class.getName());
    System.setProperty(
        "slf4j.internal.verbosity", "WARN"); // otherwise SLF4J would report the choice
  }

  public static void set(@Nullable Format format) {
    if (format != null) {
      System.setProperty(FORMAT, format.name());
    }
  }

  /** Sets the user's level, if there is one. Logs failures of sources again. */
  public static void set(@Nullable Level level) {
    sourceFailures = true;
    chosen = CHOSEN_AT_START || level != null;
    if (level != null) {
      System.setProperty(LEVEL, level.name());
    }
  }

  /** Sets the level of a command if the user sets none. */
  public static void useByDefault(Level level) {
    if (System.getProperty(LEVEL) == null) {
      System.setProperty(LEVEL, level.name());
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
