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
 * Checks the settings of jobs, from files and from builders.
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
   * Says what is wrong if a name is used a second time.
   *
   * @param where the place of the first job if the second is not beside it, as {@code ", first
   *     found in main config file"}; empty: beside it
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

  /** A duration of a configuration is a number of milliseconds; 0 means the default in a file. */
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

  /** A rule writes names that were checked when it was compiled. */
  static void rules(
      String field, List<RelabelRule> rules, NameValidation names, FieldProblems problems) {
    for (int i = 0; i < rules.size(); i++) {
      if (names == NameValidation.LEGACY && rules.get(i).nameValidation() != names) {
        problems.note(
            field + "[" + i + "]",
            "compiled for any label names (expected: RelabelRule.builder().nameValidation(LEGACY),"
                + " as the job)");
      }
    }
  }

  /**
   * @param where whose protocols, as {@code " for global config"}
   */
  public static void protocols(List<String> protocols, String where, FieldProblems problems) {
    if (protocols.isEmpty()) {
      problems.note(
          "scrape_protocols",
          "scrape_protocols cannot be empty" + where + " (expected: one at least, or no key)");
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
   * @param field which of the two settings to name
   */
  public static void escaping(
      String field, NameValidation validation, NameEscaping escaping, FieldProblems problems) {
    if (escaping == NameEscaping.ALLOW_UTF_8 && validation == NameValidation.LEGACY) {
      problems.note(field, "utf8 metric names requested but validation scheme is not set to UTF8");
    }
  }
}
