package io.promdisco.providers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.providers.kubernetes.Weather.Phase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every fault, at every moment, for every role: nothing vanishes, nothing stays, nothing grows, and
 * it is said once.
 */
class FaultMatrixTest {
  /** Runs only the cells whose name contains it; for looking into one. */
  private static final String ONLY = System.getProperty("matrix.only", "");

  /** Of a clock that waits for a busy machine. */
  private static final int PATIENT_POLLS = 50 * FaultCase.STEADY_POLLS;

  @Test
  void discoveryKeepsItsPromisesInEveryWeather() {
    List<String> failures = new ArrayList<>();
    int cells = 0;
    int impossible = 0;
    int threads = 0;
    int connections = 0;
    for (Weather weather : Weather.values()) {
      for (Phase phase : Phase.values()) {
        if (!weather.impossible(phase).isEmpty()) {
          impossible += Role.values().length;
          continue;
        }
        for (Role role : Role.values()) {
          String cell = weather + " × " + phase + " × " + role;
          if (!cell.contains(ONLY)) {
            continue;
          }
          cells++;
          try {
            Most most;
            try {
              most = run(role, phase, weather, FaultCase.STEADY_POLLS);
            } catch (FaultCase.LateException e) {
              most = run(role, phase, weather, PATIENT_POLLS);
            }
            threads = Math.max(threads, most.threads());
            connections = Math.max(connections, most.connections());
          } catch (Exception | AssertionError e) {
            failures.add(cell + ": " + e);
          }
        }
      }
    }
    System.out.printf(
        "fault matrix: %d cells (%d more cannot be), %d failures; at most %d threads and %d"
            + " connections%n",
        cells, impossible, failures.size(), threads, connections);
    assertThat(failures).isEmpty();
  }

  private record Most(int threads, int connections) {}

  private static Most run(Role role, Phase phase, Weather weather, int steadyPolls)
      throws Exception {
    try (FaultCase one = new FaultCase(role, phase, weather, steadyPolls)) {
      one.run();
      return new Most(one.mostThreads(), one.mostConnections());
    }
  }
}
