package io.promdisco.conformance;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.testing.RecordedCases;
import io.promdisco.testing.SkipReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The recorded clusters and their changes on a real API server, which the property {@code
 * promdisco.kubeconfig} names. Everything in it is deleted, so use an empty one.
 */
@EnabledIfSystemProperty(
    named = "promdisco.kubeconfig",
    matches = ".+",
    disabledReason = SkipReason.API_SERVER)
class RealClusterIT {
  private static final String KUBECONFIG = System.getProperty("promdisco.kubeconfig", "");
  private static final String TOPOLOGY = "__meta_kubernetes_endpointslice_endpoint_topology";
  private static final RecordedCases<KubernetesCase> CASES = KubernetesCase.all();
  private static int states;

  static List<KubernetesCase> cases() {
    return CASES.all();
  }

  @AfterAll
  static void printSummary() {
    CASES.printSummary("real API server", states + " states");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void targetsAreThoseOfAFreshPrometheusAfterEveryStep(
      KubernetesCase recorded, @TempDir Path folder) throws Exception {
    RealCluster cluster = new RealCluster(Path.of(KUBECONFIG));
    cluster.clear();
    for (ObjectNode object : recorded.objects()) {
      cluster.create(object);
    }
    String text =
        recorded
            .config()
            .replace("KUBECONFIG", KUBECONFIG)
            .replace("APISERVER", cluster.url)
            .replace("TOKEN", cluster.token)
            .replace("CAFILE", cluster.caFile);
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(load(text, folder));
      check(promdisco, cluster, recorded, 0);
      for (KubernetesCase.Step step : recorded.steps()) {
        for (KubernetesCase.Operation operation : step.operations()) {
          apply(cluster, operation);
        }
        check(promdisco, cluster, recorded, step.number());
      }
    } finally {
      cluster.clear();
    }
    CASES.ran(recorded);
  }

  private static void check(
      Promdisco promdisco, RealCluster cluster, KubernetesCase recorded, int step)
      throws Exception {
    Map<String, String> uids = new HashMap<>(cluster.uids());
    ComparableTargets.View view =
        new ComparableTargets.View(
            labels -> {
              Map<String, String> changed = new TreeMap<>(labels);
              changed.keySet().removeIf(name -> name.startsWith(TOPOLOGY));
              changed.replaceAll((name, value) -> uids.getOrDefault(value, value));
              return changed;
            },
            labels -> !"default".equals(labels.get("__meta_kubernetes_namespace")));
    var expected = ComparableTargets.recorded(recorded.expected(step), view);
    eventually(
        () ->
            assertThat(ComparableTargets.of(promdisco, view))
                .as("%s after step %d", recorded, step)
                .isEqualTo(expected));
    states++;
  }

  private static void apply(RealCluster cluster, KubernetesCase.Operation operation)
      throws Exception {
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
