package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.testing.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulated server speaks HTTP/2 with a client that is not ours. */
class Http2Test {
  private static final String PODS_PATH = "/api/v1/pods";

  private final SimCluster cluster = new SimCluster();
  private SimApiServer server;
  private HttpClient http;

  @BeforeEach
  void start() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    SSLContext context = certificates.server(); // trusts itself, too
    server =
        SimApiServer.start(
            cluster, new SimOptions().tls(context, certificates.authority()).http2());
    http = HttpClient.newBuilder().sslContext(context).build();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.url().resolve(path)).header("Accept", "application/json");
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofByteArray());
  }

  private Frames watch(String path) throws Exception {
    HttpResponse<InputStream> answer =
        http.send(request(path).build(), BodyHandlers.ofInputStream());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    return new Frames(answer.statusCode(), answer.headers(), answer.body());
  }

  @Test
  void aListOfManyWindowsIsThatOfHttp1() throws Exception {
    ManyPods.create(cluster, 200); // 4 MB of JSON
    HttpResponse<byte[]> answer = get(PODS_PATH);

    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    try (SimApiServer plain = SimApiServer.start(cluster)) {
      assertThat(answer.body())
          .isEqualTo(new Client(plain).get(PODS_PATH, "application/json").body());
    }
    assertThat(answer.headers().firstValueAsLong("content-length").orElse(0))
        .isEqualTo(answer.body().length);
  }

  @Test
  void watchesAndListsShareAConnection() throws Exception {
    cluster.create(Objects.pod("shop", "a"));
    try (Frames one = watch(PODS_PATH + "?watch=1");
        Frames two = watch(PODS_PATH + "?watch=1")) {
      assertThat(one.brief()).isEqualTo("ADDED a");
      assertThat(two.brief()).isEqualTo("ADDED a");
      List<CompletableFuture<HttpResponse<byte[]>>> lists = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        lists.add(http.sendAsync(request(PODS_PATH).build(), BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> list : lists) {
        assertThat(list.get().statusCode()).isEqualTo(200);
      }
      cluster.create(Objects.pod("shop", "b"));
      assertThat(one.brief()).isEqualTo("ADDED b");
      assertThat(two.brief()).isEqualTo("ADDED b");
      assertThat(server.connections()).isEqualTo(1);
    }
    eventually(() -> assertThat(server.runningWatches(PODS)).isZero());
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aWatchThatEndsInGoodOrderEndsItsAnswer() throws Exception {
    cluster.create(Objects.pod("shop", "a"));
    try (Frames watch = watch(PODS_PATH + "?watch=1")) {
      assertThat(watch.brief()).isEqualTo("ADDED a");
      server.endWatches();
      assertThat(watch.rest()).isEmpty();
    }
  }

  @Test
  void aBodyIsTaken() throws Exception {
    String pod = Objects.pod("shop", "a").toString();
    HttpResponse<byte[]> made =
        http.send(
            request("/api/v1/namespaces/shop/pods")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(pod))
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(cluster.list(PODS, "", "", "")).hasSize(1);
  }

  @Test
  void aReaderThatWaitsHoldsUpOnlyItsOwnAnswer() throws Exception {
    ManyPods.create(cluster, 2000); // more than the client's windows
    HttpResponse<InputStream> slow =
        http.send(request(PODS_PATH).build(), BodyHandlers.ofInputStream());
    try (InputStream unread = slow.body()) {
      assertThat(unread.read()).isEqualTo('{');
      assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(names = {"HANG_UP", "CUT", "RESET"})
  void aFaultBreaksTheConnectionAndAllThatIsOnIt(Fault.Break how) throws Exception {
    cluster.create(Objects.pod("shop", "a"));
    try (Frames struck = watch(PODS_PATH + "?watch=1");
        Frames other = watch("/api/v1/services?watch=1")) {
      assertThat(struck.brief()).isEqualTo("ADDED a");
      server.faults().strikeNow(PODS, how);
      assertThatThrownBy(struck::rest).isInstanceOf(IOException.class);
      assertThatThrownBy(other::rest).isInstanceOf(IOException.class);
    }
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }
}
