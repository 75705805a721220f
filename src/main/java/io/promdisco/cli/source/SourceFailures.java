package io.promdisco.cli.source;

import io.promdisco.Promdisco;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.PrometheusDuration;
import java.time.Duration;

/** Reports sources that could not be read. */
public final class SourceFailures {
  private SourceFailures() {}

  /** Prints a line for each current failure. */
  public static int report(Console console, Promdisco promdisco, boolean synced, Duration timeout) {
    return report(console, "", promdisco, synced, timeout);
  }

  /**
   * Prints a line for each current failure.
   *
   * @param place the beginning of each line, if several configurations are read
   * @param synced whether all sources have delivered
   * @param timeout how long the command has waited
   * @return the resulting exit code
   */
  public static int report(
      Console console, String place, Promdisco promdisco, boolean synced, Duration timeout) {
    int code = ExitCode.OK;
    for (ProviderStatus status : promdisco.providers()) {
      if (status.synced() && status.failures().isEmpty()) {
        continue;
      }
      code = ExitCode.UNREACHABLE;
      String jobs = place + String.join(", ", status.jobs());
      for (ProviderStatus.Failure failure : status.failures()) {
        console.errorLine(Console.red("error: "), jobs, ": ", failure.describe());
      }
      if (status.failures().isEmpty()) {
        console.errorLine(
            Console.red("error: "),
            jobs,
            ": ",
            status.provider(),
            ": no complete answer within ",
            PrometheusDuration.format(timeout),
            " (--timeout TIME waits longer)");
      }
    }
    if (!synced && code == ExitCode.OK) { // They have answered after the targets were read.
      code = ExitCode.UNREACHABLE;
      console.errorLine(
          Console.red("error: "),
          place,
          "not all sources answered within ",
          PrometheusDuration.format(timeout),
          " (--timeout TIME waits longer)");
    }
    return code;
  }
}
