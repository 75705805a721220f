package io.promdisco.config;

import java.util.Locale;

/** What a problem is about, for programs that group or silence problems. */
public enum ProblemKind {
  /** The file cannot be read. */
  UNREADABLE("The file cannot be read"),
  /** It is no YAML, or no JSON. */
  SYNTAX("The file is not well-formed"),
  /** A key that nobody knows. */
  UNKNOWN_KEY("No such key"),
  /** A key that is written twice. */
  REPEATED_KEY("A key is written twice"),
  /** A value of another type than expected. */
  WRONG_TYPE("A value is of another type than expected"),
  /** A value, or a combination of values, that is refused. */
  INVALID_VALUE("A value, or a combination of values, is refused"),
  /** A source of targets that Prometheus has and promdisco has not. */
  UNSUPPORTED_SOURCE("A source of targets that Prometheus has and promdisco has not"),
  /** A file that is named and not there. */
  MISSING_FILE("A file that is named is not there"),
  /** A target that cannot be scraped once the rules have been applied. */
  BAD_TARGET("A target cannot be scraped once it has been relabelled"),
  /** Legal, but surely not meant. */
  QUESTIONABLE("Legal, but surely not meant"),
  /** A setting without effect. */
  NO_EFFECT("A setting has no effect"),
  /** A rule reads a label that no source of its job sets. */
  LABEL_NEVER_SET("A rule reads a label that no source of its job sets"),
  /** A temporary label that no later rule reads. */
  UNUSED_LABEL("A temporary label is written that no later rule reads"),
  /** Two jobs that scrape the same targets in the same way. */
  IDENTICAL_JOBS("Two jobs scrape the same targets in the same way"),
  /** A rule chooses namespaces out of all that are watched. */
  WATCHES_TOO_MUCH("A rule chooses namespaces after every namespace has been watched");

  private final String description;

  ProblemKind(String description) {
    this.description = description;
  }

  /** The name for programs, as {@code unknown-key}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What such a problem is, in a few words. */
  public String description() {
    return description;
  }

  /** Whether it is advice: everything works as it is written. */
  public boolean isAdvice() {
    return switch (this) {
      case QUESTIONABLE,
          NO_EFFECT,
          LABEL_NEVER_SET,
          UNUSED_LABEL,
          IDENTICAL_JOBS,
          WATCHES_TOO_MUCH ->
          true;
      default -> false;
    };
  }
}
