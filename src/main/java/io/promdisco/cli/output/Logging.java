package io.promdisco.cli.output;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How much is logged to standard error, and how. To be set before the first logger is made. */
public final class Logging {
  /** How much is logged. */
  public enum Level {
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
  public enum Format {
    /** For people. */
    TEXT,
    /** For programs: a JSON object a line. */
    JSON
  }

  /** Any of SLF4J's, for the JVM's command line; {@code trace} shows more than our option. */
  private static final String LEVEL = "promdisco.log.level";

  private static final String FORMAT = "promdisco.log.format";

  /** Whether the JVM's command line chooses a level. */
  private static final boolean CHOSEN_AT_START = System.getProperty(LEVEL) != null;

  /** The loggers of failures that sources report as well. */
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

  /** Whether warnings of a logger are left to the command. */
  static boolean leavesWarningsOf(String logger) {
    return !sourceFailures && !chosen && SOURCES.contains(logger);
  }

  /** Has SLF4J log here, whatever else is on the class path. */
  public static void use() {
    System.setProperty("slf4j.provider", StderrLog.class.getName());
    System.setProperty("slf4j.internal.verbosity", "WARN"); // it would report that choice
  }

  public static void set(@Nullable Format format) {
    if (format != null) {
      System.setProperty(FORMAT, format.name());
    }
  }

  /** Applies the user's level, if there is one. Logs failures of sources again. */
  public static void set(@Nullable Level level) {
    sourceFailures = true;
    chosen = CHOSEN_AT_START || level != null;
    if (level != null) {
      System.setProperty(LEVEL, level.name());
    }
  }

  /** The level of a command when the user names none. */
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
