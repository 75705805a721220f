package io.promdisco.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.offline.ManifestReader;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Writes objects to a real API server, as a controller and a kubelet would. */
public final class RealCluster {
  /** Thrown if the server rejects an object. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOW = "?gracePeriodSeconds=0&propagationPolicy=Background";
  private static final Set<String> KEPT_NAMESPACES =
      Set.of("default", "kube-system", "kube-public", "kube-node-lease");

  private final HttpClient http;
  private final Map<String, String> uids = new HashMap<>();
  final String url;
  final String token;
  final String caFile;

  /** Creates a client for the server in {@code kubeconfig}, with its first user's token. */
  public RealCluster(Path kubeconfig) throws Exception {
    JsonNode config = ManifestReader.documents(kubeconfig).get(0);
    JsonNode cluster = config.at("/clusters/0/cluster");
    url = cluster.get("server").asText();
    caFile = cluster.get("certificate-authority").asText();
    token = config.at("/users/0/user/token").asText();
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = java.nio.file.Files.newInputStream(Path.of(caFile))) {
      int n = 0;
      for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + n++, ca);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    http = HttpClient.newBuilder().sslContext(tls).build();
  }

  /** Returns the uids that the server assigned, each with its placeholder. */
  Map<String, String> uids() {
    return uids;
  }

  /** Creates an object with its status. Kinds that discovery never reads are ignored. */
  public void create(ObjectNode object) throws IOException, InterruptedException {
    if (isBackground(object)) {
      return;
    }
    HttpResponse<String> answer = send("POST", collection(resource(object), object), plain(object));
    if (answer.statusCode() / 100 != 2 && isBuiltIn(object)) {
      return;
    }
    JsonNode made = check(answer, "create", object);
    addEphemeral(object, (ObjectNode) made);
    uids.put(made.at("/metadata/uid").asText(), object.at("/metadata/uid").asText());
    if (object.has("status")) {
      updateStatus(object);
    }
    if (object.at("/metadata/deletionTimestamp").isTextual()) {
      deleteWithGrace(object);
    }
  }

  /** Ephemeral containers cannot be created with the pod; they have a separate subresource. */
  private void addEphemeral(ObjectNode object, ObjectNode made)
      throws IOException, InterruptedException {
    JsonNode ephemeral = object.at("/spec/ephemeralContainers");
    if (!ephemeral.isMissingNode()) {
      ((ObjectNode) made.get("spec")).set("ephemeralContainers", ephemeral);
      check(send("PUT", path(object) + "/ephemeralcontainers", made), "extend", object);
    }
  }

  /** Whether it is of a kind that discovery never reads, such as deployments. */
  private static boolean isBackground(ObjectNode object) {
    return Resource.ALL.stream().noneMatch(resource -> resource.kind().equals(kind(object)));
  }

  void update(ObjectNode object) throws IOException, InterruptedException {
    if (isBackground(object)) {
      return;
    }
    JsonNode present = get(object);
    if (object.at("/metadata/deletionTimestamp").isTextual()
        && present.at("/metadata/deletionTimestamp").isMissingNode()) {
      deleteWithGrace(object);
      present = get(object);
    }
    ObjectNode changed = plain(object);
    ((ObjectNode) changed.get("metadata"))
        .set("resourceVersion", present.at("/metadata/resourceVersion"));
    JsonNode ephemeral = present.at("/spec/ephemeralContainers");
    if (!ephemeral.isMissingNode()) {
      ((ObjectNode) changed.get("spec")).set("ephemeralContainers", ephemeral);
    }
    if (kind(object).equals("Job")) {
      changed.set("spec", present.get("spec")); // immutable after the server has set it
    }
    check(send("PUT", path(object), changed), "update", object);
    if (object.has("status")) {
      updateStatus(object);
    }
  }

  void updateStatus(ObjectNode object) throws IOException, InterruptedException {
    if (isBackground(object)) {
      return;
    }
    ObjectNode present = (ObjectNode) get(object);
    if (!object.has("status") || Set.of("Endpoints", "EndpointSlice").contains(kind(object))) {
      return;
    }
    present.set("status", object.get("status"));
    check(send("PUT", path(object) + "/status", present), "update the status of", object);
  }

  /** Deletes an object immediately. */
  public void delete(ObjectNode object) throws IOException, InterruptedException {
    if (isBackground(object)) {
      return;
    }
    check(send("DELETE", path(object) + NOW, null), "delete", object);
    if (kind(object).equals("Namespace")) {
      finish(path(object));
    }
  }

  /** All objects of a kind. */
  JsonNode list(Resource<?> resource) throws IOException, InterruptedException {
    return JSON.readTree(send("GET", resource.path(""), null).body()).get("items");
  }

  /**
   * Sends a request about an object of any kind, and expects success; what is deleted may be gone.
   */
  public JsonNode request(
      String method, String path, @org.jspecify.annotations.Nullable JsonNode body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(method, path, body);
    boolean isGone = method.equals("DELETE") && answer.statusCode() == 404;
    if (answer.statusCode() / 100 != 2 && !isGone) {
      throw new RefusedException(method + " " + path + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** Removes everything but what the server itself makes. */
  public void clear() throws IOException, InterruptedException {
    List<Resource<?>> resources = new ArrayList<>(Resource.ALL);
    resources.remove(Resource.NAMESPACES);
    resources.add(Resource.NAMESPACES);
    for (Resource<?> resource : resources) {
      Set<String> emptied = new HashSet<>();
      for (JsonNode item : list(resource)) {
        ObjectNode object = (ObjectNode) item;
        object.put("kind", resource.kind());
        object.put("apiVersion", resource.apiVersion());
        String namespace = object.at("/metadata/namespace").asText();
        if (!namespace.isEmpty() && !namespace.equals("default")) {
          if (emptied.add(namespace)) {
            send("DELETE", resource.path(namespace) + NOW, null);
          }
        } else if (!isBuiltIn(object)) {
          send("DELETE", path(object) + NOW, null);
          if (resource.equals(Resource.NAMESPACES)) {
            finish(path(object));
          }
        }
      }
    }
    uids.clear();
  }

  /** Does the work of the namespace controller, which does not run here. */
  private void finish(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send("GET", path, null);
    if (answer.statusCode() == 200) {
      ObjectNode namespace = (ObjectNode) JSON.readTree(answer.body());
      namespace.withObject("/spec").putArray("finalizers");
      send("PUT", path + "/finalize", namespace);
    }
  }

  private void deleteWithGrace(ObjectNode object) throws IOException, InterruptedException {
    long grace = object.at("/metadata/deletionGracePeriodSeconds").asLong(600);
    check(
        send("DELETE", path(object) + "?gracePeriodSeconds=" + grace, null),
        "delete with grace",
        object);
  }

  private JsonNode get(ObjectNode object) throws IOException, InterruptedException {
    return check(send("GET", path(object), null), "read", object);
  }

  private HttpResponse<String> send(
      String method, String path, @org.jspecify.annotations.Nullable JsonNode body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json");
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body.toString()));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode check(HttpResponse<String> answer, String verb, ObjectNode object)
      throws IOException {
    if (answer.statusCode() / 100 != 2) {
      throw new RefusedException(
          "cannot "
              + verb
              + " "
              + kind(object)
              + " "
              + object.at("/metadata/name")
              + ": "
              + JSON.readTree(answer.body()).path("message").asText());
    }
    return JSON.readTree(answer.body());
  }

  private static ObjectNode plain(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    copy.remove("status");
    if (copy.path("spec").isObject()) {
      ((ObjectNode) copy.get("spec")).remove("ephemeralContainers");
    }
    ObjectNode metadata = (ObjectNode) copy.get("metadata");
    metadata.remove(
        List.of(
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation"));
    return copy;
  }

  private static boolean isBuiltIn(ObjectNode object) {
    String name = object.at("/metadata/name").asText();
    String namespace = object.at("/metadata/namespace").asText();
    return kind(object).equals("Namespace")
        ? KEPT_NAMESPACES.contains(name)
        : namespace.equals("default") && name.startsWith("kubernetes");
  }

  private static String kind(ObjectNode object) {
    return object.get("kind").asText();
  }

  private static Resource<?> resource(ObjectNode object) {
    return Resource.ALL.stream()
        .filter(resource -> resource.kind().equals(kind(object)))
        .findFirst()
        .orElseThrow();
  }

  private static String collection(Resource<?> resource, ObjectNode object) {
    return resource.path(object.at("/metadata/namespace").asText(""));
  }

  private static String path(ObjectNode object) {
    return collection(resource(object), object) + "/" + object.at("/metadata/name").asText();
  }
}
