package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.V1;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.sim.SimOptions.StreamingLists;
import io.promdisco.testing.ManualTicker;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch";
  private static final String STREAMING =
      "/api/v1/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
          + "&allowWatchBookmarks=true";

  private final ManualTicker ticker = new ManualTicker();
  private final SimCluster cluster = new SimCluster();
  private SimApiServer server = SimApiServer.start(cluster, new SimOptions().ticker(ticker));
  private HttpTestClient client = new HttpTestClient(server);

  private void restart(SimOptions options) {
    server.close();
    server = SimApiServer.start(cluster, options.ticker(ticker));
    client = new HttpTestClient(server);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String watchFromNow() {
    return "/api/v1/pods?watch=1&resourceVersion=" + cluster.resourceVersion();
  }

  @Test
  void changesArriveInJson() throws Exception {
    try (WatchFrames frames = client.watch(watchFromNow(), JSON)) {
      assertThat(frames.contentType()).isEqualTo(JSON);
      ObjectNode stored = cluster.create(ObjectFixtures.pod("shop", "web"));
      ObjectNode added = frames.event();
      assertThat(added.path("type").asText()).isEqualTo("ADDED");
      assertThat(added.path("object")).isEqualTo(HttpTestClient.parsed(stored.toString()));
      cluster.apply(ObjectFixtures.labelled(ObjectFixtures.pod("shop", "web"), "a", "b"));
      cluster.delete(ObjectFixtures.pod("shop", "web"));
      assertThat(frames.brief()).isEqualTo("MODIFIED web");
      ObjectNode deleted = frames.event();
      assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
      assertThat(ObjectFixtures.version(deleted.path("object")))
          .isEqualTo(Long.toString(cluster.resourceVersion()));
    }
  }

  @Test
  void changesArriveAsProtobuf() throws Exception {
    try (WatchFrames frames = client.watch(watchFromNow(), PROTOBUF + "," + JSON)) {
      assertThat(frames.contentType()).isEqualTo(PROTOBUF);
      cluster.create(ObjectFixtures.pod("shop", "web"));
      cluster.delete(ObjectFixtures.pod("shop", "web"));
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("ADDED web");
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("DELETED web");
    }
  }

  @Test
  void aWatchFromAnOldVersionBeginsWithWhatHappenedSince() throws Exception {
    String path = watchFromNow();
    cluster.create(ObjectFixtures.pod("shop", "a"));
    cluster.delete(ObjectFixtures.pod("shop", "a"));
    try (WatchFrames frames = client.watch(path, JSON)) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("DELETED a");
    }
  }

  @Test
  void aWatchWithoutVersionBeginsWithTheState() throws Exception {
    cluster.create(ObjectFixtures.pod("shop", "a"));
    try (WatchFrames frames = client.watch("/api/v1/namespaces/shop/pods?watch=true", JSON)) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      cluster.create(ObjectFixtures.pod("other", "x"));
      cluster.create(ObjectFixtures.pod("shop", "b"));
      assertThat(frames.brief()).isEqualTo("ADDED b");
    }
  }

  @Test
  void initialEventsEndWithABookmarkThatSaysSo() throws Exception {
    cluster.create(ObjectFixtures.pod("shop", "a"));
    cluster.create(ObjectFixtures.pod("shop", "b"));
    try (WatchFrames frames = client.watch(STREAMING, JSON)) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      assertThat(frames.brief()).isEqualTo("ADDED b");
      JsonNode bookmark = frames.event();
      assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
      assertThat(
              KubernetesJson.text(
                  bookmark.path("object"), "metadata", "annotations", "k8s.io/initial-events-end"))
          .isEqualTo("true");
      assertThat(ObjectFixtures.version(bookmark.path("object")))
          .isEqualTo(Long.toString(cluster.resourceVersion()));
    }
    try (WatchFrames frames = client.watch(STREAMING, PROTOBUF)) {
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("ADDED a");
      assertThat(WatchFrames.briefPod(frames.message())).isEqualTo("ADDED b");
      Meta.WatchEvent bookmark = frames.message();
      assertThat(bookmark.getType()).isEqualTo("BOOKMARK");
      V1.Pod pod = V1.Pod.parseFrom(WatchFrames.unknown(bookmark).getRaw());
      assertThat(pod.getMetadata().getAnnotationsMap())
          .containsEntry("k8s.io/initial-events-end", "true");
    }
  }

  @Test
  void oldServersRefuseInitialEventsInTheirWays() throws Exception {
    restart(new SimOptions().streamingLists(StreamingLists.REFUSED_AS_INVALID));
    assertThat(client.get(STREAMING).statusCode()).isEqualTo(422);
    restart(new SimOptions().streamingLists(StreamingLists.REFUSED_AS_BAD_REQUEST));
    assertThat(client.get(STREAMING).statusCode()).isEqualTo(400);
    restart(new SimOptions().streamingLists(StreamingLists.IGNORED));
    cluster.create(ObjectFixtures.pod("shop", "a"));
    try (WatchFrames frames = client.watch(STREAMING, JSON)) {
      assertThat(frames.brief()).isEqualTo("ADDED a");
      server.sendBookmarks();
      assertThat(frames.line()).contains("BOOKMARK").doesNotContain("initial-events-end");
    }
  }

  @Test
  void initialEventsNeedTheirMatch() throws Exception {
    assertThat(client.get("/api/v1/pods?watch=1&sendInitialEvents=true").statusCode())
        .isEqualTo(422);
    assertThat(client.get("/api/v1/pods?sendInitialEvents=true").statusCode()).isEqualTo(422);
    assertThat(client.get(STREAMING + "&resourceVersion=99999").statusCode()).isEqualTo(504);
  }

  @Test
  void selectorsMakeAddedAndDeletedOfChanges() throws Exception {
    cluster.create(ObjectFixtures.pod("shop", "p"));
    String path = watchFromNow() + "&fieldSelector=status.phase%3DRunning";
    try (WatchFrames frames = client.watch(path, JSON)) {
      cluster.updateStatus(
          ObjectFixtures.with(ObjectFixtures.pod("shop", "p"), "status", "phase", "Running"));
      cluster.updateStatus(
          ObjectFixtures.with(ObjectFixtures.pod("shop", "p"), "status", "phase", "Failed"));
      assertThat(frames.brief()).isEqualTo("ADDED p");
      JsonNode deleted = frames.event();
      assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
      assertThat(KubernetesJson.text(deleted.path("object"), "status", "phase"))
          .isEqualTo("Running");
    }
  }

  @Test
  void aVersionThatIsTooOldIsAnErrorEventOrAStatus() throws Exception {
    String path = watchFromNow();
    cluster.compact();
    try (WatchFrames frames = client.watch(path, JSON)) {
      assertThat(frames.status()).isEqualTo(200);
      JsonNode error = frames.event();
      assertThat(error.path("type").asText()).isEqualTo("ERROR");
      assertThat(error.path("object").path("code").asInt()).isEqualTo(410);
      assertThat(error.path("object").path("reason").asText()).isEqualTo("Expired");
      assertThat(frames.line()).isEmpty();
    }
    try (WatchFrames frames = client.watch(path, PROTOBUF)) {
      Meta.WatchEvent error = frames.message();
      assertThat(Meta.Status.parseFrom(WatchFrames.unknown(error).getRaw()).getCode())
          .isEqualTo(410);
    }
    restart(new SimOptions().goneAsStatus());
    HttpResponse<String> response = client.get(path);
    assertThat(response.statusCode()).isEqualTo(410);
    assertThat(HttpTestClient.parsed(response.body()).path("reason").asText()).isEqualTo("Expired");
  }

  @Test
  void theTimeOutEndsAWatchInGoodOrderWithABookmark() throws Exception {
    String path = watchFromNow() + "&timeoutSeconds=300&allowWatchBookmarks=true";
    try (WatchFrames frames = client.watch(path, JSON)) {
      cluster.create(ObjectFixtures.node("n"));
      ticker.advance(Duration.ofSeconds(59));
      cluster.create(ObjectFixtures.pod("shop", "a"));
      assertThat(frames.brief()).isEqualTo("ADDED a");
      ticker.advance(Duration.ofSeconds(1));
      JsonNode bookmark = frames.event();
      assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
      assertThat(bookmark.path("object").path("kind").asText()).isEqualTo("Pod");
      ticker.advance(Duration.ofSeconds(239));
      for (int minute = 2; minute <= 4; minute++) {
        assertThat(frames.brief()).isEqualTo("BOOKMARK ");
      }
      ticker.advance(Duration.ofSeconds(1));
      assertThat(new String(frames.rest(), UTF_8)).contains("BOOKMARK");
    }
    eventually(() -> assertThat(server.runningWatches(PODS)).isZero());
    eventually(() -> assertThat(ticker.pending()).isEmpty());
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(200);
  }

  @Test
  void watchWithoutBookmarksGetsNone() throws Exception {
    try (WatchFrames frames = client.watch(watchFromNow() + "&timeoutSeconds=1", JSON)) {
      server.sendBookmarks();
      ticker.advance(Duration.ofSeconds(1));
      assertThat(frames.rest()).isEmpty();
    }
  }

  @Test
  void aClientThatDisconnectsEndsItsWatch() throws Exception {
    try (WatchFrames frames = client.watch(watchFromNow(), JSON)) {
      assertThat(frames.status()).isEqualTo(200);
      assertThat(server.runningWatches(PODS)).isEqualTo(1);
    }
    eventually(() -> assertThat(server.runningWatches(PODS)).isZero());
    eventually(() -> assertThat(ticker.pending()).isEmpty());
  }

  @Test
  void manyWatchesSeeTheSame() throws Exception {
    try (WatchFrames one = client.watch(watchFromNow(), JSON);
        WatchFrames two = client.watch(watchFromNow(), PROTOBUF)) {
      cluster.create(ObjectFixtures.pod("shop", "a"));
      assertThat(one.brief()).isEqualTo("ADDED a");
      assertThat(WatchFrames.briefPod(two.message())).isEqualTo("ADDED a");
      assertThat(server.count(PODS, "watch")).isEqualTo(2);
    }
  }
}
