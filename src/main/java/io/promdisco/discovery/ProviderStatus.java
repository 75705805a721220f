package io.promdisco.discovery;

import io.promdisco.config.SdConfig;
import io.promdisco.util.PrintableText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * How a provider is.
 *
 * @param provider its name
 * @param config what it discovers
 * @param jobs the jobs that use it
 * @param started false if it could not be made; the reason is in {@code failures} then
 * @param synced whether everything that was there at the start, every part of it, has arrived
 * @param targets discovered targets that it holds
 * @param failures what fails now, by part; empty: it is well
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
   * Something that fails.
   *
   * @param part what
   * @param reason why, one line without secrets
   * @param since since when
   * @param nextTry when it is tried again; equal to {@link Instant#MAX} if not
   */
  public record Failure(String part, String reason, Instant since, Instant nextTry) {
    private static final int LONGEST = 2000;

    /** Makes what a source said fit to be shown, see {@link PrintableText}, and cuts it. */
    public Failure {
      part = PrintableText.brief(part, LONGEST);
      reason = PrintableText.line(reason, LONGEST);
    }

    /** What and why on one line. A part that the reason begins with is not repeated. */
    public String summary() {
      boolean named = part.isEmpty() || reason.startsWith(part + ":");
      return named ? reason : part + ": " + reason;
    }

    /** All of it on one line: what, why, since when and when it is tried again. */
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
