package io.promdisco.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManyPodsClusterTest {
  private final SimCluster cluster = new SimCluster();
  private final ManyPodsCluster many = ManyPodsCluster.create(cluster, 103);

  private List<ObjectNode> pods() {
    return cluster.list(Resource.PODS, "", "", "");
  }

  private static String ip(ObjectNode pod) {
    return KubernetesJson.text(pod, "status", "podIP");
  }

  @Test
  void podsAreAboutAsLargeAsRealOnes() {
    ProtobufEncoder encoder = new ProtobufEncoder();
    assertThat(pods()).hasSize(103);
    for (ObjectNode pod : pods()) {
      assertThat(encoder.message("Pod", pod).length).isBetween(8_500, 9_500);
    }
  }

  @Test
  void sharedPartsAreWrittenAsIfTheyWereTheirOwn() {
    ProtobufEncoder encoder = new ProtobufEncoder();
    for (ObjectNode pod : pods()) {
      ObjectNode plain = pod.deepCopy();
      assertThat(encoder.message("Pod", pod)).isEqualTo(encoder.message("Pod", plain));
    }
  }

  @Test
  void everyPodHasAnAddressOfItsOwnEvenAfterReplacements() {
    Set<String> before = new HashSet<>();
    pods().forEach(pod -> before.add(ip(pod)));
    assertThat(before).hasSize(103);
    for (int i = 0; i < 150; i++) {
      many.replaceNext();
    }
    Set<String> after = new HashSet<>();
    pods().forEach(pod -> after.add(ip(pod)));
    assertThat(after).hasSize(103).doesNotContainAnyElementsOf(before);
  }

  @Test
  void asManyPodsOfANamespaceAskToBeScrapedAsItSays() {
    for (int namespaces : new int[] {1, 3, 4, 50, 1000}) {
      int found = 0;
      for (int i = 0; i < namespaces; i++) {
        for (ObjectNode pod : cluster.list(Resource.PODS, ManyPodsCluster.namespace(i), "", "")) {
          found += pod.path("metadata").path("annotations").has("prometheus.io/scrape") ? 1 : 0;
        }
      }
      assertThat(ManyPodsCluster.scrapedIn(103, namespaces))
          .as("%d namespaces", namespaces)
          .isEqualTo(found);
    }
  }

  @Test
  void aProbeComesAndGoes() {
    many.putProbe("probe", "10.200.0.1");
    assertThat(cluster.list(Resource.PODS, ManyPodsCluster.PROBES, "", ""))
        .extracting(ManyPodsClusterTest::ip)
        .containsExactly("10.200.0.1");
    many.removeProbe("probe");
    assertThat(cluster.list(Resource.PODS, ManyPodsCluster.PROBES, "", "")).isEmpty();
  }
}
