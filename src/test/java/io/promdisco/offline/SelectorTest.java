package io.promdisco.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.sim.ObjectFixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
  private final ObjectNode web =
      ObjectFixtures.labelled(
          ObjectFixtures.pod("shop", "web"), "app", "web", "track", "stable", "level", "7");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "app=web | true",
        "app==web | true",
        "app=api | false",
        "app!=api | true",
        "app!=web | false",
        "none!=x | true",
        "app in (api, web) | true",
        "app in (api) | false",
        "app notin (api) | true",
        "app notin (api,web) | false",
        "none notin (a) | true",
        "none in (a) | false",
        "track | true",
        "none | false",
        "!none | true",
        "!track | false",
        "'! none , app = web' | true",
        "app in (api,web),track!=canary | true",
        "app=web,track=canary | false",
        "level>6 | true",
        "level>7 | false",
        "level<8 | true",
        "app>1 | false",
        "none= | false",
        "'' | true"
      })
  void labelSelectorsSelectAsTheServerDoes(String selector, boolean selects) {
    assertThat(LabelSelector.parse(selector.strip()).test(web.at("/metadata/labels")))
        .isEqualTo(selects);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "=x", "a in b", "a in (b", "!", "a,,b", "a>x", "a=b c"})
  void invalidValuesAreRefused(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unable to parse requirement: found ");
  }

  @Test
  void anEmptyValueSelectsAnEmptyLabel() {
    ObjectNode pod = ObjectFixtures.labelled(ObjectFixtures.pod("a", "b"), "x", "");
    assertThat(LabelSelector.parse("x=").test(pod.at("/metadata/labels"))).isTrue();
    assertThat(LabelSelector.parse("x in (,a)").test(pod.at("/metadata/labels"))).isTrue();
  }

  private static boolean selects(Resource<?> resource, String selector, ObjectNode object) {
    return FieldSelector.parse(resource, selector).test(object);
  }

  @Test
  void fieldSelectorsReadTheFieldsOfTheirKind() {
    ObjectNode pod = ObjectFixtures.with(web.deepCopy(), "spec", "nodeName", "n1");
    ObjectFixtures.with(pod, "status", "phase", "Running");
    assertThat(selects(Resource.PODS, "spec.nodeName=n1", pod)).isTrue();
    assertThat(selects(Resource.PODS, "spec.nodeName==n1,status.phase!=Failed", pod)).isTrue();
    assertThat(selects(Resource.PODS, "spec.nodeName=n2", pod)).isFalse();
    assertThat(selects(Resource.PODS, "metadata.name=web,metadata.namespace=shop", pod)).isTrue();
    assertThat(selects(Resource.PODS, "spec.hostNetwork=false", pod)).isTrue();
    assertThat(selects(Resource.PODS, "status.podIP=", pod)).isTrue();
    assertThat(selects(Resource.NODES, "spec.unschedulable=false", ObjectFixtures.node("n")))
        .isTrue();
    assertThat(selects(Resource.NODES, "spec.unschedulable!=true", ObjectFixtures.node("n")))
        .isTrue();
    assertThat(selects(Resource.JOBS, "status.successful=0", KubernetesJson.object())).isTrue();
    assertThat(selects(Resource.PODS, "metadata.name=a\\,b", ObjectFixtures.pod("x", "a,b")))
        .isTrue();
  }

  @Test
  void aCordonedNodeIsSelected() {
    ObjectNode node = ObjectFixtures.node("n");
    KubernetesJson.child(node, "spec").put("unschedulable", true);
    assertThat(selects(Resource.NODES, "spec.unschedulable=true", node)).isTrue();
  }

  @Test
  void unknownFieldsAreRefused() {
    assertThatThrownBy(() -> FieldSelector.parse(Resource.PODS, "spec.foo=1"))
        .hasMessage("field label not supported: spec.foo");
    assertThatThrownBy(() -> FieldSelector.parse(Resource.NODES, "metadata.namespace=x"))
        .hasMessage("field label not supported: metadata.namespace");
    assertThatThrownBy(() -> FieldSelector.parse(Resource.ENDPOINTS, "status.phase!=Failed"))
        .hasMessage(
            "\"status.phase\" is not a known field selector: only \"metadata.name\","
                + " \"metadata.namespace\"");
    assertThatThrownBy(() -> FieldSelector.parse(Resource.PODS, "nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
