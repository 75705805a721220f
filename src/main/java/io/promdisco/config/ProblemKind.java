package io.promdisco.config;

import java.util.Locale;

/** What a problem is about, for programs that group or silence problems. */
public enum ProblemKind {
  /** The file cannot be read. */
  UNREADABLE("The file cannot be read"),
  /** The file is not YAML, or not JSON. */
  SYNTAX("The file is not well-formed"),
  /** An unknown key. */
  UNKNOWN_KEY("An unknown key"),
  /** A key that is written twice. */
  REPEATED_KEY("A key is written twice"),
  /** A value of the wrong type. */
  WRONG_TYPE("A value has the wrong type"),
  /** A value, or a combination of values, that is invalid. */
  INVALID_VALUE("A value, or a combination of values, is invalid"),
  /** Service discovery that Prometheus supports and promdisco does not. */
  UNSUPPORTED_SOURCE("Service discovery that promdisco does not support"),
  /** A file that the configuration names does not exist. */
  MISSING_FILE("A file that the configuration names does not exist"),
  /** A target that cannot be scraped after relabelling. */
  BAD_TARGET("A target cannot be scraped after relabelling"),
  /** A valid setting that is probably a mistake. */
  QUESTIONABLE("Valid, but probably a mistake"),
  /** A setting without effect. */
  NO_EFFECT("A setting has no effect"),
  /** A rule reads a label that no source of its job sets. */
  LABEL_NEVER_SET("A rule reads a label that no source of its job sets"),
  /** A temporary label that no later rule reads. */
  UNUSED_LABEL("A rule writes a temporary label that no later rule reads"),
  /** Two jobs that scrape the same targets with the same settings. */
  IDENTICAL_JOBS("Two jobs scrape the same targets with the same settings"),
  /** A rule selects some namespaces, although all namespaces are watched. */
  WATCHES_TOO_MUCH("A rule selects namespaces that kubernetes_sd_configs could select");

  private final String description;

  ProblemKind(String description) {
    this.description = description;
  }

  /** Returns the name for programs, for example {@code unknown-key}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns a description in a few words. */
  public String description() {
    return description;
  }

  /** Whether the problem is only advice: the configuration works as written. */
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
