package io.promdisco.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.explain.ExplainQuery.AddressQuery;
import io.promdisco.explain.ExplainQuery.LabelQuery;
import io.promdisco.explain.ExplainQuery.ObjectQuery;
import io.promdisco.model.Labels;
import io.promdisco.scrape.TargetOutcome;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueryTest {
  private static boolean matches(String query, String... discovered) {
    return ExplainQuery.parse(query).matches(Labels.of(discovered), TargetOutcome.Dropped.DROPPED);
  }

  @Test
  void objectsAreReadWithTheirKindNamespaceAndName() {
    assertThat(ExplainQuery.parse("pod/shop/web-0"))
        .isEqualTo(
            new ObjectQuery("pod/shop/web-0", Set.of(Role.POD), Optional.of("shop"), "web-0"));
    assertThat(ExplainQuery.parse("svc/web"))
        .isEqualTo(new ObjectQuery("svc/web", Set.of(Role.SERVICE), Optional.empty(), "web"));
    assertThat(ExplainQuery.parse("endpointslices/shop/web-x"))
        .extracting("kinds")
        .isEqualTo(Set.of(Role.ENDPOINTSLICE));
  }

  @Test
  void addressesAreReadWithAndWithoutPortAndBrackets() {
    assertThat(ExplainQuery.parse("10.0.0.1:80"))
        .isEqualTo(new AddressQuery("10.0.0.1:80", "10.0.0.1", Optional.of(80)));
    assertThat(ExplainQuery.parse("fd00::1"))
        .isEqualTo(new AddressQuery("fd00::1", "fd00::1", Optional.empty()));
    assertThat(ExplainQuery.parse("[fd00::1]:80"))
        .isEqualTo(new AddressQuery("[fd00::1]:80", "fd00::1", Optional.of(80)));
    assertThat(ExplainQuery.parse("https://h.example/metrics?a=b"))
        .isEqualTo(
            new AddressQuery("https://h.example/metrics?a=b", "h.example", Optional.empty()));
    assertThat(ExplainQuery.parse("a=b=c")).isEqualTo(new LabelQuery("a=b=c", "a", "b=c"));
  }

  @Test
  void aPortMustBeTheWholePort() {
    assertThat(matches("h:80", "__address__", "h:80")).isTrue();
    assertThat(matches("h:80", "__address__", "h:8080")).isFalse();
    assertThat(matches("10.0.0.1", "__address__", "10.0.0.1:9")).isTrue();
    assertThat(matches("10.0.0.1", "__address__", "10.0.0.11:9")).isFalse();
  }

  @Test
  void anAttachedNodeIsNotWhatAPodsTargetIsMadeOf() {
    String[] pod = {
      "__meta_kubernetes_namespace", "shop",
      "__meta_kubernetes_pod_name", "web-0",
      "__meta_kubernetes_node_name", "node-1"
    };

    assertThat(matches("node/node-1", pod)).isFalse();
    assertThat(matches("node/node-1", "__meta_kubernetes_node_name", "node-1")).isTrue();
    assertThat(matches("pod/shop/web-0", pod)).isTrue();
    assertThat(matches("pod/other/web-0", pod)).isFalse();
  }

  @Test
  void anEndpointOfAPodThatIsNotKnownIsStillThatPods() {
    assertThat(
            matches(
                "pod/shop/web-0",
                "__meta_kubernetes_namespace",
                "shop",
                "__meta_kubernetes_endpointslice_address_target_kind",
                "Pod",
                "__meta_kubernetes_endpointslice_address_target_name",
                "web-0"))
        .isTrue();
  }

  @Test
  void invalidQuerySaysWhatIsExpected() {
    for (String bad : new String[] {"", " ", "a/b/c/d", "/x", "x/", "depoy/shop/web", "http://"}) {
      assertThatThrownBy(() -> ExplainQuery.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: ");
    }
  }
}
