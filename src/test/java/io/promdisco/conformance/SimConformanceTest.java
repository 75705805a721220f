package io.promdisco.conformance;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.sim.Permissions;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.sim.SimOptions;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.RecordedCases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded cluster and each of its changes, over HTTP from the simulated API server. */
class SimConformanceTest {
  private static final RecordedCases<KubernetesCase> CASES = KubernetesCase.all();
  private static int states;
  private static Certificates certificates;

  static List<KubernetesCase> cases() {
    return CASES.all();
  }

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.make("EC", "ip:127.0.0.1");
  }

  @AfterAll
  static void printSummary() {
    CASES.printSummary("simulated API server", states + " states");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void targetsAreThoseOfAFreshPrometheusAfterEveryStep(
      KubernetesCase recorded, @TempDir Path folder) throws Exception {
    SimCluster cluster = new SimCluster();
    cluster.load(recorded.objects());
    try (SimApiServer server =
            SimApiServer.start(
                cluster,
                new SimOptions()
                    .tls(certificates.server(), certificates.authority())
                    .user("admin", "token", Permissions.ALL));
        Promdisco promdisco = Promdisco.builder().build()) {
      Path kubeconfig = folder.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig, "token");
      Path ca = Files.writeString(folder.resolve("ca.crt"), certificates.authority());
      String text =
          recorded
              .config()
              .replace("KUBECONFIG", kubeconfig.toString())
              .replace("APISERVER", server.url().toString())
              .replace("TOKEN", "token")
              .replace("CAFILE", ca.toString());
      promdisco.apply(load(text, folder));
      check(promdisco, recorded, 0);
      for (KubernetesCase.Step step : recorded.steps()) {
        for (KubernetesCase.Operation operation : step.operations()) {
          apply(cluster, operation);
        }
        check(promdisco, recorded, step.number());
      }
      CASES.ran(recorded);
    }
  }

  private static void check(Promdisco promdisco, KubernetesCase recorded, int step)
      throws Exception {
    var expected = ComparableTargets.recorded(recorded.expected(step), ComparableTargets.View.ALL);
    eventually(
        () ->
            assertThat(ComparableTargets.of(promdisco, ComparableTargets.View.ALL))
                .as("%s after step %d", recorded, step)
                .isEqualTo(expected));
    states++;
  }

  private static void apply(SimCluster cluster, KubernetesCase.Operation operation) {
    switch (operation.op()) {
      case "create" -> cluster.create(operation.object());
      case "update" -> cluster.update(operation.object());
      case "update-status" -> cluster.updateStatus(operation.object());
      case "delete" -> cluster.delete(operation.object());
      default -> throw new AssertionError("unknown operation " + operation.op());
    }
  }

  private static Configuration load(String text, Path folder) {
    var result =
        new ConfigLoader().read("config.yml", text.getBytes(StandardCharsets.UTF_8), folder);
    return result.configuration().orElseThrow(() -> new AssertionError(result.problems()));
  }
}
