package io.promdisco.providers.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.sim.Fault;
import io.promdisco.sim.FaultRule;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.ManualTicker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Which requests go to a server that is still filling its watch cache, and which objects are found.
 */
class WatchCacheGapTest {
  private static final int PAGE = 3;

  private final SimCluster cluster = new SimCluster();
  private final SimApiServer server = SimApiServer.start(cluster);
  private final Map<String, Integer> known = new TreeMap<>(); // how often each group was put
  private ResourceClient client;

  @BeforeEach
  void fillTheCluster() throws Exception {
    client =
        new ApiServerClientFactory(new ManualTicker())
            .open(KubernetesSdConfig.builder(Role.POD).apiServer(server.url().toString()).build());
    for (String namespace : List.of("back", "front")) {
      create("Namespace", "", namespace);
      create("Pod", namespace, "a");
      create("Pod", namespace, "b");
    }
    list(Resource.PODS);
    server.faults().add(new FaultRule(new Fault.CacheFilling(1), "", null, 1, 1, 0).untilHealed());
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private void create(String kind, String namespace, String name) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "v1").put("kind", kind);
    ObjectNode meta = object.putObject("metadata").put("name", name);
    if (!namespace.isEmpty()) {
      meta.put("namespace", namespace);
    }
    object.putObject("spec").putArray("containers").addObject().put("name", "main");
    cluster.create(object);
  }

  private void delete(String namespace, String name) {
    cluster.delete(Resource.PODS, namespace, name);
  }

  private <V extends KubeObject> void list(Resource<V> resource) throws Exception {
    client.list(resource, WatchScope.ALL, 0, "", new Known<V>()::put);
  }

  /** Runs a discovery, and returns the requests that it sent. */
  private <V extends KubeObject> List<String> asked(Resource<V> resource, WatchScope scope)
      throws Exception {
    int before = server.requests().size();
    new WatchCacheGap<>(client, resource, scope, PAGE, new Known<V>()).look();
    return server.requests().stream()
        .skip(before)
        .map(request -> request.path() + "?" + request.query().replaceAll("continue=.*", "more"))
        .toList();
  }

  private List<String> asked() throws Exception {
    return asked(Resource.PODS, WatchScope.ALL);
  }

  private final class Known<V extends KubeObject> implements Reflector.Sink<V> {
    @Override
    public void listing() {
      throw new AssertionError("no list");
    }

    @Override
    public void put(V object) {
      known.merge(object.key().toString(), 1, Integer::sum);
    }

    @Override
    public void remove(V object) {
      throw new AssertionError("nothing is known to be gone");
    }

    @Override
    public void listed() {
      throw new AssertionError("no list");
    }

    @Override
    public void flush() {}

    @Override
    public int size() {
      return known.size();
    }

    @Override
    public Map<String, Integer> countByNamespace() {
      Map<String, Integer> counts = new HashMap<>();
      known.keySet().forEach(key -> counts.merge(key.replaceAll("/.*", ""), 1, Integer::sum));
      return counts;
    }
  }

  @Test
  void theServersWordsAreUnderstoodAndThoseOfABusyOneAreNot() {
    assertThatThrownBy(() -> list(Resource.PODS))
        .asInstanceOf(type(ApiException.class))
        .matches(WatchCacheGap::isMeantBy);
    assertThat(WatchCacheGap.isMeantBy(new ApiException(429, "TooManyRequests", "busy", null)))
        .isFalse();
  }

  @Test
  void oneQuestionIsAskedWhenNothingIsNew() throws Exception {
    assertThat(asked()).containsExactly("/api/v1/pods?limit=1");
    assertThat(known.values()).containsOnly(1);
  }

  @Test
  void onlyANamespaceThatHasMoreIsRead() throws Exception {
    create("Pod", "front", "c");
    create("Pod", "front", "d");
    assertThat(asked())
        .containsExactly(
            "/api/v1/pods?limit=1",
            "/api/v1/namespaces?limit=201",
            "/api/v1/namespaces/back/pods?limit=1",
            "/api/v1/namespaces/front/pods?limit=1",
            "/api/v1/namespaces/front/pods?limit=3",
            "/api/v1/namespaces/front/pods?limit=3&more");
    assertThat(known)
        .containsOnlyKeys("back/a", "back/b", "front/a", "front/b", "front/c", "front/d");
    assertThat(asked()).containsExactly("/api/v1/pods?limit=1");
  }

  @Test
  void whatHasGoneStaysAndDoesNotHideWhatIsNewElsewhere() throws Exception {
    delete("back", "a");
    delete("back", "b");
    create("Pod", "front", "c");
    assertThat(asked()).contains("/api/v1/namespaces/front/pods?limit=3");
    assertThat(known).containsOnlyKeys("back/a", "back/b", "front/a", "front/b", "front/c");
  }

  @Test
  void aNewNamespaceIsLookedInto() throws Exception {
    create("Namespace", "", "new");
    create("Pod", "new", "a");
    asked();
    assertThat(known).containsKey("new/a");
  }

  @Test
  void whereNamespacesMayNotBeListedTheKnownOnesAreLookedInto() throws Exception {
    server.faults().healAll(); // The first fault that matches takes effect.
    server.faults().add(FaultRule.once(Resource.NAMESPACES, "list", Fault.status(403)));
    create("Pod", "front", "c");
    create("Namespace", "", "new");
    create("Pod", "new", "a");
    assertThat(asked()).noneMatch(request -> request.contains("/new/"));
    assertThat(known).containsOnlyKeys("back/a", "back/b", "front/a", "front/b", "front/c");
  }

  @Test
  void anyOtherRefusalEndsIt() {
    server.faults().healAll();
    server.faults().add(FaultRule.once(Resource.NAMESPACES, "list", new Fault.Status(429, 1)));
    create("Pod", "front", "c");
    assertThatThrownBy(this::asked).isInstanceOf(ApiException.class);
    assertThat(server.requests().get(server.requests().size() - 1).resource())
        .isEqualTo("namespaces");
  }

  @Test
  void selectorsAreNotAskedWith() throws Exception {
    create("Pod", "front", "c");
    assertThat(asked(Resource.PODS, new WatchScope("", "app=x", ""))).isEmpty();
    assertThat(asked(Resource.PODS, new WatchScope("", "", "spec.nodeName=x"))).isEmpty();
  }

  @Test
  void aWatchOfOneNamespaceCountsThatAlone() throws Exception {
    known.keySet().removeIf(key -> key.startsWith("back/"));
    create("Pod", "front", "c");
    assertThat(asked(Resource.PODS, new WatchScope("front", "", "")))
        .containsExactly(
            "/api/v1/namespaces/front/pods?limit=1", "/api/v1/namespaces/front/pods?limit=3");
    assertThat(known).containsOnlyKeys("front/a", "front/b", "front/c");
  }

  @Test
  void objectsWithoutNamespaceAreReadAtOnce() throws Exception {
    known.clear();
    create("Node", "", "n1");
    assertThat(asked(Resource.NODES, WatchScope.ALL))
        .containsExactly("/api/v1/nodes?limit=1", "/api/v1/nodes?limit=3");
    assertThat(known).containsOnlyKeys("n1");
    cluster.delete(Resource.NODES, "", "n1");
    assertThat(asked(Resource.NODES, WatchScope.ALL)).containsExactly("/api/v1/nodes?limit=1");
  }

  @Test
  void manyNamespacesAreLeftToTheList() throws Exception {
    for (int i = 0; i < WatchCacheGap.MOST_NAMESPACES - 1; i++) {
      create("Namespace", "", "n" + i);
    }
    create("Pod", "front", "c");
    assertThat(asked()).containsExactly("/api/v1/pods?limit=1", "/api/v1/namespaces?limit=201");
  }

  @Test
  void manyObjectsAreLeftToTheList() throws Exception {
    for (int i = 0; i < WatchCacheGap.MOST_OBJECTS - 1; i++) {
      create("Pod", "front", "p" + i);
    }
    create("Pod", "back", "c");
    asked();
    assertThat(known).containsKey("back/c").doesNotContainKey("front/p0");
    int before = known.size();
    assertThat(asked(Resource.PODS, new WatchScope("front", "", ""))).hasSize(1);
    assertThat(known).hasSize(before);
  }
}
