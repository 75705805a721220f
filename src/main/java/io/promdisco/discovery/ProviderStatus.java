package io.promdisco.discovery;

import io.promdisco.config.SdConfig;
import io.promdisco.util.PrintableText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The status of a provider.
 *
 * @param provider its name
 * @param config what it discovers
 * @param jobs the jobs that use it
 * @param started false if the discoverer could not be created; then {@code failures} has the reason
 * @param synced whether everything that was found at the start, with every part of it, was
 *     delivered
 * @param targets the number of discovered targets
 * @param failures the current failures by part; empty if it works
 */
public record ProviderStatus(
    String provider,
    SdConfig config,
    List<String> jobs,
    boolean started,
    boolean synced,
    int targets,
    List<Failure> failures) {
  /** Copies the lists. */
  public ProviderStatus {
    jobs = List.copyOf(jobs);
    failures = List.copyOf(failures);
  }

  /**
   * A failure of a part.
   *
   * @param part the part that fails
   * @param reason one line, without secrets
   * @param since when the failure began
   * @param nextTry when it is retried; {@link Instant#MAX} if it is not
   */
  public record Failure(String part, String reason, Instant since, Instant nextTry) {
    private static final int LONGEST = 2000;

    /** Makes the text of a source {@linkplain PrintableText printable}, and shortens it. */
    public Failure {
      part = PrintableText.brief(part, LONGEST);
      reason = PrintableText.line(reason, LONGEST);
    }

    /**
     * Returns part and reason on one line. If the reason begins with the part, the part is not
     * repeated.
     */
    public String summary() {
      boolean named = part.isEmpty() || reason.startsWith(part + ":");
      return named ? reason : part + ": " + reason;
    }

    /**
     * Returns everything on one line: part, reason, when the failure began and when it is retried.
     */
    public String describe() {
      return summary()
          + " (since "
          + since.truncatedTo(ChronoUnit.SECONDS)
          + (nextTry.equals(Instant.MAX)
              ? ")"
              : ", next try " + nextTry.truncatedTo(ChronoUnit.SECONDS) + ")");
    }
  }
}
