package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.NODES;
import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SimClusterTest {
  private final SimCluster cluster =
      new SimCluster(() -> Instant.parse("2026-01-02T03:04:05.6Z"), 100);

  private static List<String> drain(Subscription events) {
    List<String> out = new ArrayList<>();
    for (Optional<SimEvent> next = events.poll(); next.isPresent(); next = events.poll()) {
      SimEvent event = next.get();
      out.add(event.type() + " " + ObjectFixtures.name(event.object()));
    }
    return out;
  }

  private static void assertRefused(int code, String reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.reason()).isEqualTo(reason);
            });
  }

  @Test
  void whatIsMissingIsMadeUpAndWhatIsGivenIsKept() {
    ObjectNode made = cluster.create(ObjectFixtures.pod("shop", "web"));
    assertThat(KubernetesJson.text(made, "metadata", "uid")).isNotEmpty();
    assertThat(KubernetesJson.text(made, "metadata", "creationTimestamp"))
        .isEqualTo("2026-01-02T03:04:05Z");
    ObjectNode given = ObjectFixtures.pod("shop", "api");
    ObjectFixtures.with(given, "metadata", "uid", "uid:Pod/shop/api");
    ObjectFixtures.with(given, "metadata", "deletionTimestamp", "2026-01-01T00:00:00Z");
    ObjectNode kept = cluster.create(given);
    assertThat(KubernetesJson.text(kept, "metadata", "uid")).isEqualTo("uid:Pod/shop/api");
    assertThat(KubernetesJson.text(kept, "metadata", "deletionTimestamp"))
        .isEqualTo("2026-01-01T00:00:00Z");
    assertThat(KubernetesJson.text(kept, "status", "phase")).isEqualTo("Pending");
  }

  @Test
  void aPodThatAServerHasMadeGetsNoPhase() {
    ObjectNode dumped = ObjectFixtures.pod("shop", "web");
    ObjectFixtures.with(dumped, "metadata", "creationTimestamp", "2026-01-01T00:00:00Z");
    assertThat(KubernetesJson.text(cluster.create(dumped), "status", "phase")).isEmpty();
    ObjectNode slim = ObjectFixtures.with(ObjectFixtures.pod("shop", "api"), "status", "phase", "");
    assertThat(KubernetesJson.text(cluster.create(slim), "status", "phase")).isEmpty();
  }

  @Test
  void resourceVersionsCountOverAllKinds() {
    long first =
        Long.parseLong(ObjectFixtures.version(cluster.create(ObjectFixtures.pod("shop", "web"))));
    long second = Long.parseLong(ObjectFixtures.version(cluster.create(ObjectFixtures.node("n1"))));
    assertThat(second).isEqualTo(first + 1);
    cluster.delete(ObjectFixtures.node("n1"));
    assertThat(cluster.resourceVersion()).isEqualTo(second + 1);
  }

  @Test
  void whatTheWriterChangesLaterIsNotInTheCluster() {
    ObjectNode pod = ObjectFixtures.pod("shop", "web");
    cluster.create(pod);
    ObjectFixtures.labelled(pod, "late", "yes");
    assertThat(cluster.list(PODS, "", "late", "")).isEmpty();
  }

  @Test
  void writesAreRefusedAsByARealServer() {
    assertRefused(404, "NotFound", () -> cluster.update(ObjectFixtures.pod("shop", "web")));
    assertRefused(404, "NotFound", () -> cluster.delete(ObjectFixtures.pod("shop", "web")));
    ObjectNode stored = cluster.create(ObjectFixtures.pod("shop", "web"));
    assertRefused(409, "AlreadyExists", () -> cluster.create(ObjectFixtures.pod("shop", "web")));
    ObjectNode stale = ObjectFixtures.with(stored.deepCopy(), "metadata", "resourceVersion", "1");
    assertRefused(409, "Conflict", () -> cluster.update(stale));
    ObjectNode other =
        ObjectFixtures.with(ObjectFixtures.pod("shop", "web"), "metadata", "uid", "another");
    assertRefused(409, "Conflict", () -> cluster.update(other));
    assertRefused(422, "Invalid", () -> cluster.create(ObjectFixtures.pod("shop", "")));
    ObjectNode deployment =
        KubernetesJson.object().put("kind", "Deployment").put("apiVersion", "apps/v1");
    assertRefused(404, "NotFound", () -> cluster.create(deployment));
    assertThat(cluster.load(List.of(deployment))).isZero();
  }

  @Test
  void anUpdateThatChangesNothingIsNotAnEvent() {
    ObjectNode stored = cluster.create(ObjectFixtures.pod("shop", "web"));
    try (Subscription events =
        cluster.subscribe(PODS, "", "", "", ObjectFixtures.version(stored), false)) {
      assertThat(cluster.update(stored)).isSameAs(stored);
      assertThat(drain(events)).isEmpty();
    }
  }

  @Test
  void statusIsUpdatedSeparately() {
    cluster.create(
        ObjectFixtures.with(ObjectFixtures.pod("shop", "web"), "spec", "nodeName", "n1"));
    ObjectNode status =
        ObjectFixtures.with(ObjectFixtures.pod("shop", "web"), "status", "podIP", "10.0.0.1");
    ObjectNode stored = cluster.updateStatus(status);
    assertThat(KubernetesJson.text(stored, "spec", "nodeName")).isEqualTo("n1");
    assertThat(KubernetesJson.text(stored, "status", "podIP")).isEqualTo("10.0.0.1");
    ObjectNode back = cluster.updateAllButStatus(ObjectFixtures.pod("shop", "web"));
    assertThat(KubernetesJson.text(back, "spec", "nodeName")).isEmpty();
    assertThat(KubernetesJson.text(back, "status", "podIP")).isEqualTo("10.0.0.1");
  }

  @Test
  void aWatchBeginsWithTheStateOrAfterAVersion() {
    cluster.create(ObjectFixtures.pod("shop", "a"));
    String version = ObjectFixtures.version(cluster.create(ObjectFixtures.pod("shop", "b")));
    cluster.create(ObjectFixtures.pod("shop", "c"));
    cluster.create(ObjectFixtures.node("n"));
    try (Subscription state = cluster.subscribe(PODS, "", "", "", "", false);
        Subscription later = cluster.subscribe(PODS, "", "", "", version, false);
        Subscription initial = cluster.subscribe(PODS, "", "", "", "", true)) {
      assertThat(drain(state)).containsExactly("ADDED a", "ADDED b", "ADDED c");
      assertThat(drain(later)).containsExactly("ADDED c");
      assertThat(drain(initial)).containsExactly("ADDED a", "ADDED b", "ADDED c", "BOOKMARK ");
      cluster.delete(ObjectFixtures.pod("shop", "a"));
      assertThat(drain(state)).containsExactly("DELETED a");
      assertThat(drain(later)).containsExactly("DELETED a");
    }
  }

  @Test
  void whatEntersASelectionIsAddedAndWhatLeavesItIsDeleted() {
    String start = Long.toString(cluster.resourceVersion());
    try (Subscription events = cluster.subscribe(PODS, "shop", "app=web", "", start, false)) {
      cluster.create(ObjectFixtures.pod("shop", "p"));
      cluster.create(ObjectFixtures.labelled(ObjectFixtures.pod("other", "q"), "app", "web"));
      assertThat(drain(events)).isEmpty();
      cluster.apply(ObjectFixtures.labelled(ObjectFixtures.pod("shop", "p"), "app", "web"));
      cluster.apply(
          ObjectFixtures.labelled(ObjectFixtures.pod("shop", "p"), "app", "web", "x", "y"));
      ObjectNode left = cluster.apply(ObjectFixtures.pod("shop", "p"));
      assertThat(events.poll().orElseThrow().type()).isEqualTo(SimEvent.Type.ADDED);
      assertThat(events.poll().orElseThrow().type()).isEqualTo(SimEvent.Type.MODIFIED);
      SimEvent deleted = events.poll().orElseThrow();
      assertThat(deleted.type()).isEqualTo(SimEvent.Type.DELETED);
      assertThat(KubernetesJson.text(deleted.object(), "metadata", "labels", "app"))
          .isEqualTo("web");
      assertThat(ObjectFixtures.version(deleted.object())).isEqualTo(ObjectFixtures.version(left));
      cluster.delete(ObjectFixtures.pod("shop", "p"));
      assertThat(drain(events)).isEmpty();
    }
  }

  @Test
  void theSameSelectionIsSeenInHistory() {
    String start = Long.toString(cluster.resourceVersion());
    cluster.create(ObjectFixtures.labelled(ObjectFixtures.pod("shop", "p"), "app", "web"));
    cluster.apply(ObjectFixtures.pod("shop", "p"));
    try (Subscription events = cluster.subscribe(PODS, "", "app=web", "", start, false)) {
      assertThat(drain(events)).containsExactly("ADDED p", "DELETED p");
    }
  }

  @Test
  void compactionMakesOldVersionsTooOld() {
    String version = ObjectFixtures.version(cluster.create(ObjectFixtures.pod("shop", "a")));
    cluster.compact();
    assertRefused(410, "Expired", () -> cluster.subscribe(PODS, "", "", "", version, false));
    assertRefused(
        410,
        "Expired",
        () ->
            cluster.page(
                PODS, SimCluster.selection(PODS, WatchScope.ALL), Long.parseLong(version), "", 0));
    String now = Long.toString(cluster.resourceVersion());
    cluster.subscribe(PODS, "", "", "", now, false).close();
  }

  @Test
  void aFullHistoryForgetsItsOldest() {
    SimCluster small = new SimCluster(Instant::now, 2);
    String version = ObjectFixtures.version(small.create(ObjectFixtures.pod("a", "1")));
    small.create(ObjectFixtures.pod("a", "2"));
    small.create(ObjectFixtures.pod("a", "3"));
    small.subscribe(PODS, "", "", "", version, false).close();
    small.create(ObjectFixtures.pod("a", "4"));
    assertRefused(410, "Expired", () -> small.subscribe(PODS, "", "", "", version, false));
    small.subscribe(NODES, "", "", "", version, false).close();
  }

  @Test
  void aPageShowsTheStateOfItsVersion() {
    cluster.create(ObjectFixtures.pod("a", "1"));
    cluster.create(ObjectFixtures.pod("a", "2"));
    ListPage first = cluster.page(PODS, SimCluster.selection(PODS, WatchScope.ALL), 0, "", 1);
    cluster.delete(ObjectFixtures.pod("a", "2"));
    cluster.create(ObjectFixtures.pod("a", "3"));
    cluster.apply(ObjectFixtures.labelled(ObjectFixtures.pod("a", "1"), "x", "y"));
    ListPage second =
        cluster.page(
            PODS,
            SimCluster.selection(PODS, WatchScope.ALL),
            first.resourceVersion(),
            first.continueAfter(),
            0);
    assertThat(first.items()).extracting(ObjectFixtures::name).containsExactly("1");
    assertThat(first.remaining()).isEqualTo(1);
    assertThat(second.items()).extracting(ObjectFixtures::name).containsExactly("2");
    assertThat(second.resourceVersion()).isEqualTo(first.resourceVersion());
  }

  @Test
  void anEndedSubscriptionGivesWhatWaitsAndThenNothing() throws Exception {
    Subscription events = cluster.subscribe(PODS, "", "", "", "", false);
    cluster.create(ObjectFixtures.pod("shop", "a"));
    events.bookmark();
    events.end();
    cluster.create(ObjectFixtures.pod("shop", "b"));
    assertThat(events.next().orElseThrow().type()).isEqualTo(SimEvent.Type.ADDED);
    assertThat(events.next().orElseThrow().type()).isEqualTo(SimEvent.Type.BOOKMARK);
    assertThat(events.next()).isEmpty();
  }

  @Test
  void aServerFillsInWhatDiscoverySees() {
    ObjectNode service = KubernetesJson.object().put("apiVersion", "v1").put("kind", "Service");
    service.putObject("metadata").put("name", "s");
    service.putObject("spec").putArray("ports").addObject().put("port", 80);
    ObjectNode stored = cluster.create(service);
    assertThat(KubernetesJson.text(stored, "metadata", "namespace")).isEqualTo("default");
    assertThat(KubernetesJson.text(stored, "spec", "type")).isEqualTo("ClusterIP");
    assertThat(stored.path("spec").path("ports").path(0).path("protocol").asText())
        .isEqualTo("TCP");
  }
}
