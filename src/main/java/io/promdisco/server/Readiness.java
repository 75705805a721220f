package io.promdisco.server;

import io.promdisco.discovery.ProviderStatus;
import java.util.List;

/** Whether all that will be discovered at the start has been. */
final class Readiness {
  private Readiness() {}

  /**
   * A line for each provider that has not synced, with what fails; empty if all have. One that
   * could not be made never will, so nobody waits for it.
   */
  static String waitingFor(List<ProviderStatus> providers) {
    StringBuilder lines = new StringBuilder();
    for (ProviderStatus provider : providers) {
      if (provider.started() && !provider.synced()) {
        lines.append(provider.provider()).append(": not synced");
        for (ProviderStatus.Failure failure : provider.failures()) {
          lines.append("; ").append(failure.part()).append(": ").append(failure.reason());
        }
        lines.append('\n');
      }
    }
    return lines.toString();
  }
}
