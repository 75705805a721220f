package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.NODES;
import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.Json;
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
      out.add(event.type() + " " + Objects.name(event.object()));
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
    ObjectNode made = cluster.create(Objects.pod("shop", "web"));
    assertThat(Json.text(made, "metadata", "uid")).isNotEmpty();
    assertThat(Json.text(made, "metadata", "creationTimestamp")).isEqualTo("2026-01-02T03:04:05Z");
    ObjectNode given = Objects.pod("shop", "api");
    Objects.with(given, "metadata", "uid", "uid:Pod/shop/api");
    Objects.with(given, "metadata", "deletionTimestamp", "2026-01-01T00:00:00Z");
    ObjectNode kept = cluster.create(given);
    assertThat(Json.text(kept, "metadata", "uid")).isEqualTo("uid:Pod/shop/api");
    assertThat(Json.text(kept, "metadata", "deletionTimestamp")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(Json.text(kept, "status", "phase")).isEqualTo("Pending");
  }

  @Test
  void aPodThatAServerHasMadeGetsNoPhase() {
    ObjectNode dumped = Objects.pod("shop", "web");
    Objects.with(dumped, "metadata", "creationTimestamp", "2026-01-01T00:00:00Z");
    assertThat(Json.text(cluster.create(dumped), "status", "phase")).isEmpty();
    ObjectNode slim = Objects.with(Objects.pod("shop", "api"), "status", "phase", "");
    assertThat(Json.text(cluster.create(slim), "status", "phase")).isEmpty();
  }

  @Test
  void resourceVersionsCountOverAllKinds() {
    long first = Long.parseLong(Objects.version(cluster.create(Objects.pod("shop", "web"))));
    long second = Long.parseLong(Objects.version(cluster.create(Objects.node("n1"))));
    assertThat(second).isEqualTo(first + 1);
    cluster.delete(Objects.node("n1"));
    assertThat(cluster.resourceVersion()).isEqualTo(second + 1);
  }

  @Test
  void whatTheWriterChangesLaterIsNotInTheCluster() {
    ObjectNode pod = Objects.pod("shop", "web");
    cluster.create(pod);
    Objects.labelled(pod, "late", "yes");
    assertThat(cluster.list(PODS, "", "late", "")).isEmpty();
  }

  @Test
  void writesAreRefusedAsByARealServer() {
    assertRefused(404, "NotFound", () -> cluster.update(Objects.pod("shop", "web")));
    assertRefused(404, "NotFound", () -> cluster.delete(Objects.pod("shop", "web")));
    ObjectNode stored = cluster.create(Objects.pod("shop", "web"));
    assertRefused(409, "AlreadyExists", () -> cluster.create(Objects.pod("shop", "web")));
    ObjectNode stale = Objects.with(stored.deepCopy(), "metadata", "resourceVersion", "1");
    assertRefused(409, "Conflict", () -> cluster.update(stale));
    ObjectNode other = Objects.with(Objects.pod("shop", "web"), "metadata", "uid", "another");
    assertRefused(409, "Conflict", () -> cluster.update(other));
    assertRefused(422, "Invalid", () -> cluster.create(Objects.pod("shop", "")));
    ObjectNode deployment = Json.object().put("kind", "Deployment").put("apiVersion", "apps/v1");
    assertRefused(404, "NotFound", () -> cluster.create(deployment));
    assertThat(cluster.load(List.of(deployment))).isZero();
  }

  @Test
  void anUpdateThatChangesNothingIsNoEvent() {
    ObjectNode stored = cluster.create(Objects.pod("shop", "web"));
    try (Subscription events =
        cluster.subscribe(PODS, "", "", "", Objects.version(stored), false)) {
      assertThat(cluster.update(stored)).isSameAs(stored);
      assertThat(drain(events)).isEmpty();
    }
  }

  @Test
  void statusIsUpdatedSeparately() {
    cluster.create(Objects.with(Objects.pod("shop", "web"), "spec", "nodeName", "n1"));
    ObjectNode status = Objects.with(Objects.pod("shop", "web"), "status", "podIP", "10.0.0.1");
    ObjectNode stored = cluster.updateStatus(status);
    assertThat(Json.text(stored, "spec", "nodeName")).isEqualTo("n1");
    assertThat(Json.text(stored, "status", "podIP")).isEqualTo("10.0.0.1");
    ObjectNode back = cluster.updateAllButStatus(Objects.pod("shop", "web"));
    assertThat(Json.text(back, "spec", "nodeName")).isEmpty();
    assertThat(Json.text(back, "status", "podIP")).isEqualTo("10.0.0.1");
  }

  @Test
  void aWatchBeginsWithTheStateOrAfterAVersion() {
    cluster.create(Objects.pod("shop", "a"));
    String version = Objects.version(cluster.create(Objects.pod("shop", "b")));
    cluster.create(Objects.pod("shop", "c"));
    cluster.create(Objects.node("n"));
    try (Subscription state = cluster.subscribe(PODS, "", "", "", "", false);
        Subscription later = cluster.subscribe(PODS, "", "", "", version, false);
        Subscription initial = cluster.subscribe(PODS, "", "", "", "", true)) {
      assertThat(drain(state)).containsExactly("ADDED a", "ADDED b", "ADDED c");
      assertThat(drain(later)).containsExactly("ADDED c");
      assertThat(drain(initial)).containsExactly("ADDED a", "ADDED b", "ADDED c", "BOOKMARK ");
      cluster.delete(Objects.pod("shop", "a"));
      assertThat(drain(state)).containsExactly("DELETED a");
      assertThat(drain(later)).containsExactly("DELETED a");
    }
  }

  @Test
  void whatEntersASelectionIsAddedAndWhatLeavesItIsDeleted() {
    String start = Long.toString(cluster.resourceVersion());
    try (Subscription events = cluster.subscribe(PODS, "shop", "app=web", "", start, false)) {
      cluster.create(Objects.pod("shop", "p"));
      cluster.create(Objects.labelled(Objects.pod("other", "q"), "app", "web"));
      assertThat(drain(events)).isEmpty();
      cluster.apply(Objects.labelled(Objects.pod("shop", "p"), "app", "web"));
      cluster.apply(Objects.labelled(Objects.pod("shop", "p"), "app", "web", "x", "y"));
      ObjectNode left = cluster.apply(Objects.pod("shop", "p"));
      assertThat(events.poll().orElseThrow().type()).isEqualTo(SimEvent.Type.ADDED);
      assertThat(events.poll().orElseThrow().type()).isEqualTo(SimEvent.Type.MODIFIED);
      SimEvent deleted = events.poll().orElseThrow();
      assertThat(deleted.type()).isEqualTo(SimEvent.Type.DELETED);
      assertThat(Json.text(deleted.object(), "metadata", "labels", "app")).isEqualTo("web");
      assertThat(Objects.version(deleted.object())).isEqualTo(Objects.version(left));
      cluster.delete(Objects.pod("shop", "p"));
      assertThat(drain(events)).isEmpty();
    }
  }

  @Test
  void theSameSelectionIsSeenInHistory() {
    String start = Long.toString(cluster.resourceVersion());
    cluster.create(Objects.labelled(Objects.pod("shop", "p"), "app", "web"));
    cluster.apply(Objects.pod("shop", "p"));
    try (Subscription events = cluster.subscribe(PODS, "", "app=web", "", start, false)) {
      assertThat(drain(events)).containsExactly("ADDED p", "DELETED p");
    }
  }

  @Test
  void compactionMakesOldVersionsTooOld() {
    String version = Objects.version(cluster.create(Objects.pod("shop", "a")));
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
    String version = Objects.version(small.create(Objects.pod("a", "1")));
    small.create(Objects.pod("a", "2"));
    small.create(Objects.pod("a", "3"));
    small.subscribe(PODS, "", "", "", version, false).close();
    small.create(Objects.pod("a", "4"));
    assertRefused(410, "Expired", () -> small.subscribe(PODS, "", "", "", version, false));
    small.subscribe(NODES, "", "", "", version, false).close();
  }

  @Test
  void aPageShowsTheStateOfItsVersion() {
    cluster.create(Objects.pod("a", "1"));
    cluster.create(Objects.pod("a", "2"));
    ListPage first = cluster.page(PODS, SimCluster.selection(PODS, WatchScope.ALL), 0, "", 1);
    cluster.delete(Objects.pod("a", "2"));
    cluster.create(Objects.pod("a", "3"));
    cluster.apply(Objects.labelled(Objects.pod("a", "1"), "x", "y"));
    ListPage second =
        cluster.page(
            PODS,
            SimCluster.selection(PODS, WatchScope.ALL),
            first.resourceVersion(),
            first.continueAfter(),
            0);
    assertThat(first.items()).extracting(Objects::name).containsExactly("1");
    assertThat(first.remaining()).isEqualTo(1);
    assertThat(second.items()).extracting(Objects::name).containsExactly("2");
    assertThat(second.resourceVersion()).isEqualTo(first.resourceVersion());
  }

  @Test
  void anEndedSubscriptionGivesWhatWaitsAndThenNothing() throws Exception {
    Subscription events = cluster.subscribe(PODS, "", "", "", "", false);
    cluster.create(Objects.pod("shop", "a"));
    events.bookmark();
    events.end();
    cluster.create(Objects.pod("shop", "b"));
    assertThat(events.next().orElseThrow().type()).isEqualTo(SimEvent.Type.ADDED);
    assertThat(events.next().orElseThrow().type()).isEqualTo(SimEvent.Type.BOOKMARK);
    assertThat(events.next()).isEmpty();
  }

  @Test
  void aServerFillsInWhatDiscoverySees() {
    ObjectNode service = Json.object().put("apiVersion", "v1").put("kind", "Service");
    service.putObject("metadata").put("name", "s");
    service.putObject("spec").putArray("ports").addObject().put("port", 80);
    ObjectNode stored = cluster.create(service);
    assertThat(Json.text(stored, "metadata", "namespace")).isEqualTo("default");
    assertThat(Json.text(stored, "spec", "type")).isEqualTo("ClusterIP");
    assertThat(stored.path("spec").path("ports").path(0).path("protocol").asText())
        .isEqualTo("TCP");
  }
}
