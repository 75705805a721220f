package io.promdisco.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocation.Allocation.Strategy;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Keys of targets, nodes, and answers that must never change between versions. */
class AllocationTest {
  private static final List<Collector> TWO =
      List.of(new Collector("collector-0", "a"), new Collector("collector-1", "b"));

  private static UnaryOperator<String> labels(String... namesAndValues) {
    Map<String, String> labels =
        namesAndValues.length == 0
            ? Map.of()
            : namesAndValues.length == 2
                ? Map.of(namesAndValues[0], namesAndValues[1])
                : Map.of(
                    namesAndValues[0], namesAndValues[1], namesAndValues[2], namesAndValues[3]);
    return name -> labels.getOrDefault(name, "");
  }

  private static TargetKey onNode(String node) {
    return new TargetKey(7, false, node);
  }

  @Test
  void theAddressBeforeRelabellingIsTheKey() {
    TargetKey key = TargetKey.of(labels("__address__", "10.0.0.1:80"), labels("__address__", "x"));
    assertThat(key.hash()).isEqualTo(TargetKey.hash("10.0.0.1:80"));
    assertThat(key.everywhere()).isFalse();
  }

  @Test
  void aHashThatRulesSetIsTheKey() {
    TargetKey key = TargetKey.of(labels("__address__", "a:1"), labels("__tmp_hash", "blue"));
    assertThat(key.hash()).isEqualTo(TargetKey.hash("blue"));
  }

  @Test
  void aTargetMayBeForAllCollectors() {
    assertThat(TargetKey.of(labels(), labels("__tmp_disable_sharding", "1")).everywhere()).isTrue();
  }

  @Test
  void theNodeComesFromTheLabelsOfEachRole() {
    for (String label :
        List.of(
            "__meta_kubernetes_pod_node_name",
            "__meta_kubernetes_node_name",
            "__meta_kubernetes_endpoint_node_name")) {
      assertThat(TargetKey.of(labels(label, "n1"), labels()).node()).isEqualTo("n1");
    }
    String of = "__meta_kubernetes_endpointslice_address_target_";
    assertThat(TargetKey.of(labels(of + "kind", "Node", of + "name", "n1"), labels()).node())
        .isEqualTo("n1");
    assertThat(TargetKey.of(labels(of + "kind", "Pod", of + "name", "p1"), labels()).node())
        .isEmpty();
  }

  @Test
  void targetsGoToTheCollectorOnTheirNode() {
    Allocation allocation = new Allocation(Strategy.PER_NODE, TWO);
    assertThat(allocation.owner(onNode("a"))).isEqualTo("collector-0");
    assertThat(allocation.owner(onNode("b"))).isEqualTo("collector-1");
    assertThat(allocation.owner(onNode("c"))).isNull();
    assertThat(allocation.owner(onNode(""))).isNull();
  }

  @Test
  void targetsOfOtherNodesFallBackToHashing() {
    Allocation allocation = new Allocation(Strategy.PER_NODE_OR_ANY, TWO);
    Allocation hashing = new Allocation(Strategy.CONSISTENT_HASHING, TWO);
    assertThat(allocation.owner(onNode("b"))).isEqualTo("collector-1");
    assertThat(allocation.owner(onNode("c"))).isEqualTo(hashing.owner(onNode("c")));
    assertThat(allocation.owner(onNode(""))).isEqualTo(hashing.owner(onNode("")));
  }

  @Test
  void withoutCollectorsNobodyOwnsATarget() {
    for (Strategy strategy : Strategy.values()) {
      assertThat(new Allocation(strategy, List.of()).owner(onNode("a"))).isNull();
    }
  }

  /** Two versions of promdisco may run side by side during an update. */
  @Test
  void everyVersionGivesTheSameAnswers() {
    Allocation allocation =
        new Allocation(
            Strategy.CONSISTENT_HASHING,
            List.of(
                new Collector("collector-0", ""),
                new Collector("collector-1", ""),
                new Collector("collector-2", "")));
    StringBuilder owners = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      TargetKey key = new TargetKey(TargetKey.hash("10.0.0." + i + ":9090"), false, "");
      owners.append(String.valueOf(allocation.owner(key)).charAt(10));
    }
    assertThat(owners.toString()).isEqualTo("221121220221102022010012");
  }
}
