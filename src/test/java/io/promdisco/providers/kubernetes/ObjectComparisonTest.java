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

  /** A kind, one of its objects, and the object with something else in its spec or status. */
  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(
            Resource.NODES, Manifests.node("n", NONE), Manifests.nodeThatIs("True", "n", NONE)),
        Arguments.of(
            Resource.PODS,
            Manifests.pod("shop", "web", "a", "", "", NONE),
            Manifests.pod("shop", "web", "b", "", "", NONE)),
        Arguments.of(
            Resource.SERVICES,
            Manifests.service("shop", "web", NONE),
            without("spec", Manifests.service("shop", "web", NONE))),
        Arguments.of(
            Resource.ENDPOINTS,
            Manifests.endpoints("shop", "web", "a", "b", "n"),
            Manifests.endpoints("shop", "web", "a", "c", "n")),
        Arguments.of(
            Resource.ENDPOINT_SLICES,
            Manifests.slice("shop", "web", "web", "n", "a"),
            Manifests.slice("shop", "web", "web", "n", "a", "b")),
        Arguments.of(
            Resource.INGRESSES,
            Manifests.ingress("shop", "web"),
            without("spec", Manifests.ingress("shop", "web"))),
        Arguments.of(
            Resource.REPLICA_SETS,
            Manifests.owned("ReplicaSet", "shop", "web", "Deployment", "web"),
            Manifests.owned("ReplicaSet", "shop", "web", "Deployment", "other")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void onlyTheVersionMayDiffer(Resource<?> resource, Object object, Object changed) {
    KubeObject before = RawViews.view(resource, Raw.of(object), 1);
    assertThat(ObjectComparison.same(before, RawViews.view(resource, Raw.of(object), 2))).isTrue();
    assertThat(ObjectComparison.same(before, RawViews.view(resource, Raw.of(changed), 2)))
        .isFalse();
  }

  @Test
  void labelsOfANodeAreItsMetadataAndConditionsAreNot() {
    KubeObject before = node(Manifests.nodeThatIs("True", "n", Map.of("zone", "a")), 1);
    KubeObject ill = node(Manifests.nodeThatIs("False", "n", Map.of("zone", "a")), 2);
    KubeObject moved = node(Manifests.nodeThatIs("True", "n", Map.of("zone", "b")), 2);
    assertThat(ObjectComparison.sameMeta(before, ill)).isTrue();
    assertThat(ObjectComparison.same(before, ill)).isFalse();
    assertThat(ObjectComparison.sameMeta(before, moved)).isFalse();
  }

  @Test
  void objectOfTheSameNameWithAnotherUidIsAnother() {
    Map<String, Object> manifest = Manifests.namespace("shop", NONE);
    Map<String, Object> other = new HashMap<>(manifest);
    other.put("metadata", Map.of("name", "shop", "uid", "another"));
    KubeObject before = RawViews.view(Resource.NAMESPACES, Raw.of(manifest), 1);
    KubeObject again = RawViews.view(Resource.NAMESPACES, Raw.of(other), 1);
    assertThat(ObjectComparison.same(before, again)).isFalse();
  }

  private static KubeObject node(Object manifest, long version) {
    return RawViews.view(Resource.NODES, Raw.of(manifest), version);
  }

  private static Map<String, Object> without(String key, Map<String, Object> manifest) {
    Map<String, Object> out = new HashMap<>(manifest);
    out.remove(key);
    return out;
  }
}
