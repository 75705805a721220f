package io.promdisco.providers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectComparisonTest {
  private static final Map<String, String> NONE = Map.of();

  /** Returns a kind, one of its objects, and the object with a changed spec or status. */
  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(
            Resource.NODES,
            ManifestFixtures.node("n", NONE),
            ManifestFixtures.nodeThatIs("True", "n", NONE)),
        Arguments.of(
            Resource.PODS,
            ManifestFixtures.pod("shop", "web", "a", "", "", NONE),
            ManifestFixtures.pod("shop", "web", "b", "", "", NONE)),
        Arguments.of(
            Resource.SERVICES,
            ManifestFixtures.service("shop", "web", NONE),
            without("spec", ManifestFixtures.service("shop", "web", NONE))),
        Arguments.of(
            Resource.ENDPOINTS,
            ManifestFixtures.endpoints("shop", "web", "a", "b", "n"),
            ManifestFixtures.endpoints("shop", "web", "a", "c", "n")),
        Arguments.of(
            Resource.ENDPOINT_SLICES,
            ManifestFixtures.slice("shop", "web", "web", "n", "a"),
            ManifestFixtures.slice("shop", "web", "web", "n", "a", "b")),
        Arguments.of(
            Resource.INGRESSES,
            ManifestFixtures.ingress("shop", "web"),
            without("spec", ManifestFixtures.ingress("shop", "web"))),
        Arguments.of(
            Resource.REPLICA_SETS,
            ManifestFixtures.owned("ReplicaSet", "shop", "web", "Deployment", "web"),
            ManifestFixtures.owned("ReplicaSet", "shop", "web", "Deployment", "other")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void onlyTheVersionMayDiffer(Resource<?> resource, Object object, Object changed) {
    KubeObject before = ManifestViews.view(resource, ParsedValues.of(object), 1);
    assertThat(
            ObjectComparison.same(before, ManifestViews.view(resource, ParsedValues.of(object), 2)))
        .isTrue();
    assertThat(
            ObjectComparison.same(
                before, ManifestViews.view(resource, ParsedValues.of(changed), 2)))
        .isFalse();
  }

  @Test
  void labelsOfANodeAreItsMetadataAndConditionsAreNot() {
    KubeObject before = node(ManifestFixtures.nodeThatIs("True", "n", Map.of("zone", "a")), 1);
    KubeObject ill = node(ManifestFixtures.nodeThatIs("False", "n", Map.of("zone", "a")), 2);
    KubeObject moved = node(ManifestFixtures.nodeThatIs("True", "n", Map.of("zone", "b")), 2);
    assertThat(ObjectComparison.sameMeta(before, ill)).isTrue();
    assertThat(ObjectComparison.same(before, ill)).isFalse();
    assertThat(ObjectComparison.sameMeta(before, moved)).isFalse();
  }

  @Test
  void objectOfTheSameNameWithAnotherUidIsAnother() {
    Map<String, Object> manifest = ManifestFixtures.namespace("shop", NONE);
    Map<String, Object> other = new HashMap<>(manifest);
    other.put("metadata", Map.of("name", "shop", "uid", "another"));
    KubeObject before = ManifestViews.view(Resource.NAMESPACES, ParsedValues.of(manifest), 1);
    KubeObject again = ManifestViews.view(Resource.NAMESPACES, ParsedValues.of(other), 1);
    assertThat(ObjectComparison.same(before, again)).isFalse();
  }

  private static KubeObject node(Object manifest, long version) {
    return ManifestViews.view(Resource.NODES, ParsedValues.of(manifest), version);
  }

  private static Map<String, Object> without(String key, Map<String, Object> manifest) {
    Map<String, Object> out = new HashMap<>(manifest);
    out.remove(key);
    return out;
  }
}
