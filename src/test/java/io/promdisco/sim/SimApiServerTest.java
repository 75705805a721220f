package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ManifestReader;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimApiServerTest {
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final String POD_PATH = "/api/v1/namespaces/shop/pods";

  private final SimCluster cluster = new SimCluster();
  private SimApiServer server = SimApiServer.start(cluster);
  private HttpTestClient client = new HttpTestClient(server);

  private void restart(SimOptions options) {
    server.close();
    server = SimApiServer.start(cluster, options);
    client = new HttpTestClient(server);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void pods(int count) {
    for (int i = 1; i <= count; i++) {
      cluster.create(ObjectFixtures.pod(i % 2 == 0 ? "even" : "odd", "p" + i));
    }
  }

  @Test
  void listsShowAllNamespacesOrOne() throws Exception {
    pods(3);
    JsonNode list = client.json("/api/v1/pods");
    assertThat(list.path("kind").asText()).isEqualTo("PodList");
    assertThat(HttpTestClient.names(list)).containsExactly("p2", "p1", "p3");
    assertThat(list.path("items").get(0).has("kind")).isFalse();
    assertThat(ObjectFixtures.version(list)).isEqualTo(Long.toString(cluster.resourceVersion()));
    assertThat(HttpTestClient.names(client.json("/api/v1/namespaces/odd/pods")))
        .containsExactly("p1", "p3");
    assertThat(HttpTestClient.names(client.json("/api/v1/namespaces/none/pods"))).isEmpty();
  }

  @Test
  void everyResourceIsServed() throws Exception {
    for (Resource<?> resource : Resource.ALL) {
      JsonNode list = client.json(resource.path(""));
      assertThat(list.path("kind").asText()).isEqualTo(resource.kind() + "List");
      assertThat(list.path("apiVersion").asText()).isEqualTo(resource.apiVersion());
      assertThat(client.get(resource.path(""), PROTOBUF).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void protobufListsAreWhatKubernetesClassesRead() throws Exception {
    pods(2);
    HttpResponse<byte[]> response = client.get("/api/v1/pods", PROTOBUF + ",application/json");
    assertThat(response.headers().firstValue("Content-Type")).contains(PROTOBUF);
    byte[] body = response.body();
    Unknown unknown = Unknown.parseFrom(ByteString.copyFrom(body, 4, body.length - 4));
    V1.PodList list = V1.PodList.parseFrom(unknown.getRaw());
    assertThat(list.getItemsList())
        .extracting(pod -> pod.getMetadata().getName())
        .containsExactly("p2", "p1");
  }

  @Test
  void refusedProtobufIsNotAcceptable() throws Exception {
    restart(new SimOptions().refuseProtobuf());
    assertThat(client.get("/api/v1/pods", PROTOBUF).statusCode()).isEqualTo(406);
    HttpResponse<byte[]> json = client.get("/api/v1/pods", PROTOBUF + ",application/json;q=0.5");
    assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
  }

  @Test
  void pagesShowOneStateWhateverHappensBetween() throws Exception {
    pods(5);
    List<String> names = new ArrayList<>();
    JsonNode page = client.json("/api/v1/pods?limit=2");
    assertThat(page.path("metadata").path("remainingItemCount").asInt()).isEqualTo(3);
    String version = ObjectFixtures.version(page);
    names.addAll(HttpTestClient.names(page));
    cluster.create(ObjectFixtures.pod("zzz", "late"));
    cluster.delete(ObjectFixtures.pod("odd", "p5"));
    while (page.path("metadata").has("continue")) {
      String token = page.path("metadata").path("continue").asText();
      page = client.json("/api/v1/pods?limit=2&continue=" + token);
      assertThat(ObjectFixtures.version(page)).isEqualTo(version);
      names.addAll(HttpTestClient.names(page));
    }
    assertThat(names).containsExactly("p2", "p4", "p1", "p3", "p5");
  }

  @Test
  void anExpiredContinueTokenIsGone() throws Exception {
    pods(3);
    String token = client.json("/api/v1/pods?limit=1").path("metadata").path("continue").asText();
    cluster.compact();
    HttpResponse<String> response = client.get("/api/v1/pods?limit=1&continue=" + token);
    assertThat(response.statusCode()).isEqualTo(410);
    assertThat(HttpTestClient.parsed(response.body()).path("reason").asText()).isEqualTo("Expired");
    assertThat(client.get("/api/v1/pods?continue=rubbish").statusCode()).isEqualTo(400);
  }

  @Test
  void resourceVersionsOfListsMeanWhatTheyMean() throws Exception {
    pods(2);
    long version = cluster.resourceVersion();
    cluster.create(ObjectFixtures.pod("odd", "late"));
    String exact = "/api/v1/pods?resourceVersionMatch=Exact&resourceVersion=" + version;
    assertThat(HttpTestClient.names(client.json(exact))).containsExactly("p2", "p1");
    String notOlder = "/api/v1/pods?resourceVersionMatch=NotOlderThan&resourceVersion=" + version;
    assertThat(HttpTestClient.names(client.json(notOlder))).hasSize(3);
    assertThat(HttpTestClient.names(client.json("/api/v1/pods?resourceVersion=0&limit=1")))
        .hasSize(3);
    assertThat(client.get("/api/v1/pods?resourceVersion=99999").statusCode()).isEqualTo(504);
    assertThat(client.get("/api/v1/pods?resourceVersion=x").statusCode()).isEqualTo(400);
    assertThat(client.get("/api/v1/pods?resourceVersionMatch=Exact").statusCode()).isEqualTo(422);
    cluster.compact();
    assertThat(client.get(exact).statusCode()).isEqualTo(410);
  }

  @Test
  void selectorsSelect() throws Exception {
    cluster.create(ObjectFixtures.labelled(ObjectFixtures.pod("shop", "a"), "app", "web"));
    cluster.create(
        ObjectFixtures.with(ObjectFixtures.pod("shop", "b"), "status", "phase", "Running"));
    assertThat(
            HttpTestClient.names(
                client.json("/api/v1/pods?labelSelector=app%20in%20%28web%2Capi%29")))
        .containsExactly("a");
    assertThat(
            HttpTestClient.names(client.json("/api/v1/pods?fieldSelector=status.phase%3DRunning")))
        .containsExactly("b");
    HttpResponse<String> bad = client.get("/api/v1/pods?fieldSelector=spec.foo%3D1");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(HttpTestClient.parsed(bad.body()).path("message").asText())
        .isEqualTo("field label not supported: spec.foo");
  }

  @Test
  void objectsAreWrittenAndReadOneByOne() throws Exception {
    ObjectNode pod =
        ObjectFixtures.with(ObjectFixtures.pod("shop", "web"), "status", "phase", "Running");
    HttpResponse<String> created = client.send("POST", POD_PATH, pod.toString());
    assertThat(created.statusCode()).isEqualTo(201);
    JsonNode stored = client.json(POD_PATH + "/web");
    assertThat(KubernetesJson.text(stored, "status", "phase")).isEqualTo("Pending");
    assertThat(stored.path("kind").asText()).isEqualTo("Pod");

    assertThat(client.send("PUT", POD_PATH + "/web/status", pod.toString()).statusCode())
        .isEqualTo(200);
    ObjectFixtures.labelled(pod, "app", "web");
    pod.remove("status");
    assertThat(client.send("PUT", POD_PATH + "/web", pod.toString()).statusCode()).isEqualTo(200);
    JsonNode changed = client.json(POD_PATH + "/web");
    assertThat(KubernetesJson.text(changed, "status", "phase")).isEqualTo("Running");
    assertThat(KubernetesJson.text(changed, "metadata", "labels", "app")).isEqualTo("web");

    ObjectNode stale = ObjectFixtures.with(pod.deepCopy(), "metadata", "resourceVersion", "1");
    assertThat(client.send("PUT", POD_PATH + "/web", stale.toString()).statusCode()).isEqualTo(409);
    assertThat(client.send("POST", POD_PATH, pod.toString()).statusCode()).isEqualTo(409);
    assertThat(client.send("DELETE", POD_PATH + "/web", "").statusCode()).isEqualTo(200);
    HttpResponse<String> gone = client.get(POD_PATH + "/web");
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(HttpTestClient.parsed(gone.body()).path("message").asText())
        .isEqualTo("pods \"web\" not found");
    assertThat(HttpTestClient.parsed(gone.body()).path("details").path("kind").asText())
        .isEqualTo("pods");
  }

  @Test
  void invalidRequestIsRefusedAndTheConnectionStaysOpen() throws Exception {
    assertThat(client.send("POST", POD_PATH, "{").statusCode()).isEqualTo(400);
    assertThat(client.send("POST", POD_PATH, "[]").statusCode()).isEqualTo(400);
    assertThat(client.send("POST", POD_PATH, ObjectFixtures.node("n").toString()).statusCode())
        .isEqualTo(400);
    assertThat(
            client.send("POST", POD_PATH, ObjectFixtures.pod("other", "x").toString()).statusCode())
        .isEqualTo(400);
    assertThat(client.send("PATCH", POD_PATH + "/x", "{}").statusCode()).isEqualTo(405);
    assertThat(
            client
                .send("POST", "/api/v1/pods", ObjectFixtures.pod("a", "b").toString())
                .statusCode())
        .isEqualTo(405);
    assertThat(client.get("/api/v1/secrets").statusCode()).isEqualTo(404);
    assertThat(client.get("/api/v1/namespaces/shop/nodes").statusCode()).isEqualTo(404);
    assertThat(client.get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(200);
  }

  @Test
  void namespacesAreObjectsToo() throws Exception {
    ObjectNode namespace = KubernetesJson.object().put("kind", "Namespace").put("apiVersion", "v1");
    namespace.putObject("metadata").put("name", "shop");
    assertThat(client.send("POST", "/api/v1/namespaces", namespace.toString()).statusCode())
        .isEqualTo(201);
    JsonNode stored = client.json("/api/v1/namespaces/shop");
    assertThat(KubernetesJson.text(stored, "metadata", "labels", "kubernetes.io/metadata.name"))
        .isEqualTo("shop");
    assertThat(KubernetesJson.text(stored, "status", "phase")).isEqualTo("Active");
    assertThat(client.send("PUT", "/api/v1/namespaces/shop/status", stored.toString()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void theServerSaysWhatItIs() throws Exception {
    assertThat(client.json("/version").path("major").asText()).isEqualTo("1");
    assertThat(client.get("/readyz").body()).isEqualTo("ok");
    assertThat(client.get("/healthz").body()).isEqualTo("ok");
    assertThat(client.json("/api").path("versions").get(0).asText()).isEqualTo("v1");
    assertThat(client.json("/apis").path("groups")).hasSize(4);
    assertThat(client.json("/api/v1").path("resources")).hasSize(5);
    assertThat(client.json("/apis/apps/v1").path("groupVersion").asText()).isEqualTo("apps/v1");
  }

  @Test
  void permissionsAreRefusedInKubernetesWords() throws Exception {
    restart(
        new SimOptions()
            .user("admin", "token-a", Permissions.ALL)
            .user("viewer", "token-v", Permissions.NONE.allow("list", "pods", "shop")));
    assertThat(client.token("token-v").get(POD_PATH).statusCode()).isEqualTo(200);
    assertMessage(
        "/api/v1/pods",
        403,
        "pods is forbidden: User \"viewer\" cannot list resource \"pods\" in API group \"\" at the"
            + " cluster scope");
    assertMessage(
        "/api/v1/namespaces/good/pods?watch=1",
        403,
        "pods is forbidden: User \"viewer\" cannot watch resource \"pods\" in API group \"\" in"
            + " the namespace \"good\"");
    assertMessage(
        "/apis/discovery.k8s.io/v1/endpointslices",
        403,
        "endpointslices.discovery.k8s.io is forbidden: User \"viewer\" cannot list resource"
            + " \"endpointslices\" in API group \"discovery.k8s.io\" at the cluster scope");
    assertMessage(
        "/api/v1/nodes/n1",
        403,
        "nodes \"n1\" is forbidden: User \"viewer\" cannot get resource \"nodes\" in API group"
            + " \"\" at the cluster scope");
    client.token("wrong");
    assertMessage("/api/v1/pods", 401, "Unauthorized");
    client.token("");
    assertThat(client.get("/api/v1/pods").body()).contains("system:anonymous");
    server.putUser("viewer", "token-v", Permissions.ALL.deny("list", "nodes", Permissions.ANY));
    client.token("token-v");
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(200);
    assertThat(client.get("/api/v1/nodes").statusCode()).isEqualTo(403);
    server.revokeToken("token-v");
    assertThat(client.get("/api/v1/pods").statusCode()).isEqualTo(401);
  }

  private void assertMessage(String path, int status, String message) throws Exception {
    HttpResponse<String> response = client.get(path);
    JsonNode body = HttpTestClient.parsed(response.body());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(body.path("kind").asText()).isEqualTo("Status");
    assertThat(body.path("message").asText()).isEqualTo(message);
    assertThat(body.path("code").asInt()).isEqualTo(status);
  }

  @Test
  void aRefusalComesInTheEncodingAskedFor() throws Exception {
    byte[] body = client.get("/api/v1/pods?resourceVersion=x", PROTOBUF).body();
    Unknown unknown = Unknown.parseFrom(ByteString.copyFrom(body, 4, body.length - 4));
    assertThat(unknown.getTypeMeta().getKind()).isEqualTo("Status");
    assertThat(Meta.Status.parseFrom(unknown.getRaw()).getCode()).isEqualTo(400);
  }

  @Test
  void requestsAreRemembered() throws Exception {
    assertThat(client.get("/api/v1/pods?limit=1").statusCode()).isEqualTo(200);
    assertThat(client.get("/api/v1/pods/x").statusCode()).isEqualTo(405);
    assertThat(server.requests())
        .first()
        .isEqualTo(
            new SimRequest(
                "GET",
                "/api/v1/pods",
                "limit=1",
                "test/1",
                "application/json",
                "admin",
                "list",
                "pods",
                200));
    assertThat(server.requests()).hasSize(2);
    assertThat(server.count(PODS, "list")).isEqualTo(1);
    assertThat(server.count(PODS, "watch")).isZero();
  }

  @Test
  void aKubeconfigNamesServerAndToken(@TempDir Path folder) throws Exception {
    restart(new SimOptions().user("admin", "secret-token", Permissions.ALL));
    Path file = server.writeKubeconfig(folder.resolve("config"));
    JsonNode config = ManifestReader.documents(file).get(0);
    assertThat(config.path("clusters").get(0).path("cluster").path("server").asText())
        .isEqualTo(server.url().toString());
    assertThat(config.path("users").get(0).path("user").path("token").asText())
        .isEqualTo("secret-token");
    assertThat(Files.readString(server.writeKubeconfig(file, ""))).doesNotContain("token");
  }

  @Test
  void aClosedServerCanListenOnItsPortAgain() throws Exception {
    int port = server.port();
    assertThat(client.get("/readyz").statusCode()).isEqualTo(200);
    server.close();
    assertThatThrownBy(() -> client.get("/readyz")).isInstanceOf(IOException.class);
    server = SimApiServer.start(cluster, new SimOptions().port(port));
    assertThat(client.get("/readyz").statusCode()).isEqualTo(200);
  }
}
