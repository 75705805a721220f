package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.ENDPOINTS;
import static io.promdisco.providers.kubernetes.object.Resource.ENDPOINT_SLICES;
import static io.promdisco.providers.kubernetes.object.Resource.JOBS;
import static io.promdisco.providers.kubernetes.object.Resource.NODES;
import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.testing.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemoClusterTest {
  private final SimCluster cluster = new SimCluster();
  private final DemoCluster demo = DemoCluster.create(cluster);

  private List<ObjectNode> all(Resource<?> resource) {
    return cluster.list(resource, "", "", "");
  }

  /** Steps until a line contains {@code text}. */
  private String stepTo(String text) {
    for (int i = 0; i < 200; i++) {
      String line = demo.step();
      if (line.contains(text)) {
        return line;
      }
    }
    throw new AssertionError("no step says: " + text);
  }

  @Test
  void itBeginsWithAShopInWhichEverythingRuns() {
    assertThat(all(NODES)).hasSize(3);
    assertThat(all(Resource.NAMESPACES))
        .extracting(ObjectFixtures::name)
        .containsExactly("kube-system", "monitoring", "payments", "shop");
    assertThat(all(Resource.SERVICES)).hasSize(7);
    assertThat(all(Resource.REPLICA_SETS)).hasSize(7);
    assertThat(all(Resource.INGRESSES)).hasSize(3);
    assertThat(all(PODS))
        .hasSize(13)
        .allSatisfy(
            pod -> assertThat(KubernetesJson.text(pod, "status", "phase")).isEqualTo("Running"));
    assertThat(readyAddresses()).hasSize(13);
  }

  /** The addresses that Endpoints list as ready; EndpointSlices must agree. */
  private Set<String> readyAddresses() {
    Set<String> ready = new HashSet<>();
    for (ObjectNode endpoints : all(ENDPOINTS)) {
      for (JsonNode address : endpoints.path("subsets").path(0).path("addresses")) {
        ready.add(address.path("ip").asText());
      }
    }
    Set<String> inSlices = new HashSet<>();
    for (ObjectNode slice : all(ENDPOINT_SLICES)) {
      for (JsonNode endpoint : slice.path("endpoints")) {
        if (endpoint.path("conditions").path("ready").asBoolean()) {
          inSlices.add(endpoint.path("addresses").get(0).asText());
        }
      }
    }
    assertThat(inSlices).isEqualTo(ready);
    return ready;
  }

  @Test
  void aRolloutReplacesPodByPod() {
    stepTo("rollout of v2 begins");
    stepTo("has no address yet");
    assertThat(cluster.list(PODS, "shop", "app=frontend,version=v2", "status.podIP=")).hasSize(1);
    assertThat(readyAddresses()).hasSize(13);
    stepTo("not ready yet");
    assertThat(readyAddresses()).hasSize(13);
    stepTo("is ready");
    assertThat(readyAddresses()).hasSize(14);
    stepTo("is terminating");
    assertThat(readyAddresses()).hasSize(13);
    stepTo("is complete");
    assertThat(cluster.list(PODS, "shop", "app=frontend", "")).hasSize(3);
    assertThat(cluster.list(PODS, "shop", "app=frontend,version=v2", "")).hasSize(3);
  }

  @Test
  void podsOfALostNodeStartOnOtherNodes() {
    stepTo("does not answer any more");
    int ready = readyAddresses().size();
    assertThat(ready).isLessThan(15);
    stepTo("started elsewhere");
    assertThat(readyAddresses().size()).isGreaterThan(ready);
    assertThat(cluster.list(PODS, "", "", "spec.nodeName=node-2")).isEmpty();
    stepTo("is removed");
    assertThat(all(NODES)).hasSize(2);
    stepTo("is back");
    assertThat(all(NODES)).hasSize(3);
  }

  @Test
  void theCronJobRunsAndIsCleanedUp() {
    stepTo("has started");
    assertThat(all(JOBS)).hasSize(1);
    stepTo("has succeeded");
    assertThat(cluster.list(PODS, "payments", "", "status.phase=Succeeded")).hasSize(1);
    stepTo("was cleaned up");
    assertThat(all(JOBS)).isEmpty();
  }

  @Test
  void demoRunsOnAndStaysInBounds() {
    for (int i = 0; i < 500; i++) {
      long before = cluster.resourceVersion();
      String line = demo.step();
      assertThat(line).doesNotContain("\n").isNotBlank();
      boolean telling = line.endsWith("complete");
      assertThat(telling || cluster.resourceVersion() > before).as(line).isTrue();
      assertThat(all(PODS).size()).isBetween(13, 17);
      Set<String> addresses = new HashSet<>();
      for (ObjectNode pod : all(PODS)) {
        String ip = KubernetesJson.text(pod, "status", "podIP");
        assertThat(ip.isEmpty() || addresses.add(ip)).as(ip).isTrue();
      }
    }
  }

  @Test
  void theTickerPlaysItUntilItIsClosed() {
    ManualTicker ticker = new ManualTicker();
    List<String> lines = new ArrayList<>();
    demo.play(ticker, Duration.ofSeconds(1), lines::add);
    assertThat(lines).isEmpty();
    ticker.advance(Duration.ofSeconds(3));
    assertThat(lines).hasSize(3);
    demo.close();
    ticker.advance(Duration.ofSeconds(3));
    assertThat(lines).hasSize(3);
    assertThat(ticker.pending()).isEmpty();
  }

  @Test
  void theStoryIsTheSameEveryTime() {
    DemoCluster other = DemoCluster.create(new SimCluster());
    for (int i = 0; i < 100; i++) {
      assertThat(other.step()).isEqualTo(demo.step());
    }
  }
}
