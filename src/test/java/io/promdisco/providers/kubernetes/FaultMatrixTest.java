package io.promdisco.providers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.providers.kubernetes.ServerFault.Phase;
import io.promdisco.testing.BuildReport;
import io.promdisco.testing.Certificates;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every fault, at every moment, for every role: nothing disappears, nothing is left over, nothing
 * grows, and it is reported once.
 */
class FaultMatrixTest {
  /** Runs only the cells whose name contains it, for debugging. */
  private static final String ONLY = System.getProperty("matrix.only", "");

  /** For a clock that waits for a busy machine. */
  private static final int PATIENT_POLLS = 50 * FaultCase.STEADY_POLLS;

  /** The results of the cells of a matrix. */
  private static final class Outcome {
    private final List<String> failures = new ArrayList<>();
    private int cells;
    private int impossible;
    private int threads;
    private int connections;
  }

  @Test
  void discoveryKeepsItsPromisesInEveryWeather() throws Exception {
    Outcome outcome = run(List.of(Phase.values()), List.of(Role.values()), null);
    BuildReport.say(
        String.format(
            "fault matrix: %d cells (%d more cannot be), %d failures; at most %d threads and %d"
                + " connections",
            outcome.cells,
            outcome.impossible,
            outcome.failures.size(),
            outcome.threads,
            outcome.connections));
    assertThat(outcome.failures).isEmpty();
  }

  @Test
  void itKeepsThemOverTlsWhereTheListHasAConnectionToItself() throws Exception {
    Certificates tls = Certificates.make("EC", "ip:127.0.0.1");
    List<Phase> phases = List.of(Phase.STREAMING_LIST, Phase.WATCH, Phase.BETWEEN);
    Outcome outcome = run(phases, List.of(Role.POD), tls);
    BuildReport.say(
        String.format(
            "fault matrix over TLS: %d cells, %d failures",
            outcome.cells, outcome.failures.size()));
    assertThat(outcome.failures).isEmpty();
  }

  private static Outcome run(List<Phase> phases, List<Role> roles, @Nullable Certificates tls) {
    Outcome outcome = new Outcome();
    for (ServerFault weather : ServerFault.values()) {
      for (Phase phase : phases) {
        if (!weather.impossible(phase).isEmpty()) {
          outcome.impossible += roles.size();
          continue;
        }
        for (Role role : roles) {
          run(role, phase, weather, tls, outcome);
        }
      }
    }
    return outcome;
  }

  private static void run(
      Role role, Phase phase, ServerFault weather, @Nullable Certificates tls, Outcome outcome) {
    String cell = weather + " × " + phase + " × " + role;
    if (!cell.contains(ONLY)) {
      return;
    }
    outcome.cells++;
    try {
      Most most;
      try {
        most = run(role, phase, weather, FaultCase.STEADY_POLLS, tls);
      } catch (FaultCase.LateException e) {
        most = run(role, phase, weather, PATIENT_POLLS, tls);
      }
      outcome.threads = Math.max(outcome.threads, most.threads());
      outcome.connections = Math.max(outcome.connections, most.connections());
    } catch (Exception | AssertionError e) {
      outcome.failures.add(cell + ": " + e);
    }
  }

  private record Most(int threads, int connections) {}

  private static Most run(
      Role role, Phase phase, ServerFault weather, int steadyPolls, @Nullable Certificates tls)
      throws Exception {
    try (FaultCase one = new FaultCase(role, phase, weather, steadyPolls, tls)) {
      one.run();
      return new Most(one.mostThreads(), one.mostConnections());
    }
  }
}
