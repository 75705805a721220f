package io.promdisco.config;

import io.promdisco.Internal;
import io.promdisco.model.NameValidation;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.relabel.RelabelRule;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks the settings of jobs from files and builders.
 *
 * @hidden
 */
@Internal
public final class ScrapeChecks {
  private static final Set<String> PROTOCOLS = new TreeSet<>();

  static {
    for (ScrapeProtocol protocol : ScrapeProtocol.values()) {
      PROTOCOLS.add(protocol.text());
    }
  }

  private ScrapeChecks() {}

  public static void jobName(String name, FieldProblems problems) {
    if (name.isEmpty()) {
      problems.note("job_name", "job_name is empty (expected: a name that no other job has)");
    }
  }

  /**
   * Returns the message for a job name that is used twice.
   *
   * @param where the place of the first job if it is in another file, for example {@code ", first
   *     found in main config file"}; otherwise empty
   */
  public static String duplicateJob(String name, String where) {
    return "found multiple scrape configs with job name \""
        + name
        + "\""
        + where
        + " (expected: a name that no other job has)";
  }

  public static void timeout(
      String jobName, Duration timeout, Duration interval, FieldProblems problems) {
    if (timeout.compareTo(interval) > 0) {
      problems.note(
          "scrape_timeout",
          "scrape timeout greater than scrape interval for scrape config with job name \""
              + jobName
              + "\" (expected: at most "
              + PrometheusDuration.format(interval)
              + ")");
    }
  }

  /** Checks a duration, which Prometheus stores in milliseconds; in a file, 0 means the default. */
  static void positive(String field, Duration duration, FieldProblems problems) {
    if (duration.isNegative() || duration.toMillis() == 0) {
      problems.note(field, duration + " (expected: at least a millisecond)");
    }
  }

  static void notNegative(String field, long number, FieldProblems problems) {
    if (number < 0) {
      problems.note(field, number + " (expected: 0 or more)");
    }
  }

  static void notNegative(String field, double number, FieldProblems problems) {
    if (!(number >= 0)) {
      problems.note(field, number + " (expected: 0 or more)");
    }
  }

  public static String schemeProblem(String scheme) {
    return "\""
        + scheme
        + "\" cannot be scraped (expected: http or https"
        + Problem.hint(scheme, List.of("http", "https"))
        + ")";
  }

  /** Checks that the rules were compiled for the naming scheme of the job. */
  static void rules(
      String field, List<RelabelRule> rules, NameValidation names, FieldProblems problems) {
    for (int i = 0; i < rules.size(); i++) {
      if (names == NameValidation.LEGACY && rules.get(i).nameValidation() != names) {
        problems.note(
            field + "[" + i + "]",
            "the rule allows label names that the job does not (expected:"
                + " RelabelRule.builder().nameValidation(LEGACY), like the job)");
      }
    }
  }

  /**
   * @param where the owner of the protocols, for the message: {@code " for global config"}
   */
  public static void protocols(List<String> protocols, String where, FieldProblems problems) {
    if (protocols.isEmpty()) {
      problems.note(
          "scrape_protocols",
          "scrape_protocols cannot be empty" + where + " (expected: at least one, or no key)");
    }
    Set<String> found = new HashSet<>();
    for (int i = 0; i < protocols.size(); i++) {
      String protocol = protocols.get(i);
      String field = "scrape_protocols[" + i + "]";
      if (!found.add(protocol.toLowerCase(Locale.ROOT))) {
        problems.note(field, "duplicated protocol in scrape_protocols, got " + protocols + where);
      }
      String wrong = protocolProblem(protocol);
      if (wrong != null) {
        problems.note(field, "scrape_protocols: " + wrong + where);
      }
    }
  }

  public static String ofJob(String jobName) {
    return " for scrape config with job name \"" + jobName + "\"";
  }

  public static @Nullable String protocolProblem(String protocol) {
    return PROTOCOLS.contains(protocol)
        ? null
        : "unknown scrape protocol "
            + protocol
            + ", supported: ["
            + String.join(" ", PROTOCOLS)
            + "]"
            + Problem.hint(protocol, PROTOCOLS);
  }

  /**
   * @param field the setting that the message names
   */
  public static void escaping(
      String field, NameValidation validation, NameEscaping escaping, FieldProblems problems) {
    if (escaping == NameEscaping.ALLOW_UTF_8 && validation == NameValidation.LEGACY) {
      problems.note(field, "utf8 metric names requested but validation scheme is not set to UTF8");
    }
  }
}
