package io.promdisco.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ManifestReader;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecordedClustersTest {
  @Test
  void everyRecordedClusterLoadsAndTakesItsSteps() throws Exception {
    RecordedCases<Path> cases = RecordedCases.folders("kubernetes", "cluster.yaml");
    int changes = 0;
    for (Path folder : cases) {
      SimCluster cluster = new SimCluster();
      List<ObjectNode> objects = ManifestReader.read(List.of(folder.resolve("cluster.yaml")));
      assertThat(cluster.load(objects)).isEqualTo(objects.size());
      for (Path step : steps(folder)) {
        for (JsonNode change : ManifestReader.documents(step)) {
          take(cluster, change);
          changes++;
        }
      }
      cases.ran(folder);
    }
    cases.printSummary("simulated cluster", changes + " changes");
    assertThat(changes).isPositive();
  }

  private static List<Path> steps(Path folder) throws IOException {
    if (!Files.isDirectory(folder.resolve("steps"))) {
      return List.of();
    }
    try (Stream<Path> steps = Files.list(folder.resolve("steps"))) {
      return steps.sorted().toList();
    }
  }

  private static void take(SimCluster cluster, JsonNode change) {
    ObjectNode object = (ObjectNode) change.get("object");
    long before = cluster.resourceVersion();
    switch (KubernetesJson.text(change, "op")) {
      case "create" -> cluster.create(object);
      case "update" -> cluster.update(object);
      case "update-status" -> cluster.updateStatus(object);
      case "delete" -> cluster.delete(object);
      default -> throw new AssertionError("op: " + change.get("op"));
    }
    Resource<?> resource = SimCluster.resourceOf(object);
    boolean there =
        cluster
            .get(
                resource,
                KubernetesJson.text(object, "metadata", "namespace"),
                ObjectFixtures.name(object))
            .isPresent();
    assertThat(there).isEqualTo(!KubernetesJson.text(change, "op").equals("delete"));
    assertThat(cluster.resourceVersion()).as("%s", change).isGreaterThan(before);
  }
}
