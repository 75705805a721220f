package io.promdisco.conformance;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A real API server of our own, which can be killed and started again on the same data. */
public final class RestartableCluster implements AutoCloseable {
  static final String ADMIN = "admin-token";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LISTENS = "0A";

  public final int port;
  private final Path program;
  private final Path folder;
  private Process process;
  private HttpClient http = HttpClient.newHttpClient();

  /**
   * Starts one.
   *
   * @param program the program that runs it
   * @param folder for its data
   */
  public RestartableCluster(Path program, Path folder) throws Exception {
    this.program = program;
    this.folder = folder;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    start();
  }

  /** The certificate of the CA that issues those of the server and its administrator. */
  Path authority() {
    return folder.resolve("pki/ca.crt");
  }

  /**
   * Returns a kubeconfig with full permissions, for another port that leads to this server.
   *
   * @param name {@code kubeconfig}, which contains a token, or {@code kubeconfig-cert}, which names
   *     a client certificate
   */
  public String kubeconfig(String name, int through) throws IOException {
    return Files.readString(folder.resolve(name)).replace(":" + port, ":" + through);
  }

  /** As a crash looks. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  public void start() throws Exception {
    process =
        new ProcessBuilder(program.toString(), "-dir", folder.toString(), "-port", "" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    long end = System.nanoTime() + Duration.ofSeconds(100).toNanos();
    while (true) {
      try {
        ready();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - end > 0 || !process.isAlive()) {
          throw e;
        }
      }
    }
  }

  private void ready() {
    eventually(
        () -> {
          assertThat(authority()).exists();
          http = client();
          int code;
          try {
            code = send("GET", "/readyz", "").statusCode();
          } catch (IOException e) {
            throw new AssertionError("not there yet", e);
          }
          assertThat(code).isEqualTo(200);
        });
  }

  /** Makes it use another CA and other certificates at its next start. */
  void forgetAuthority() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("pki"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder.resolve("pki"));
  }

  private HttpClient client() throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(authority())) {
      for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + store.size(), one);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
  }

  /** Sends a request with all rights. */
  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return sendAs(ADMIN, method, path, body);
  }

  HttpResponse<String> sendAs(String token, String method, String path, String body)
      throws IOException, InterruptedException {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    return http.send(
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .method(method, BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Sends a request that must succeed. */
  public JsonNode ask(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(method, path, body);
    assertThat(answer.statusCode())
        .as("%s %s: %s", method, path, answer.body())
        .isBetween(200, 299);
    return JSON.readTree(answer.body());
  }

  /** Creates a pod with an address. */
  void pod(String name, String address, String app) throws IOException, InterruptedException {
    String pods = "/api/v1/namespaces/default/pods";
    ask(
        "POST",
        pods,
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"%s"}},
         "spec":{"nodeName":"n1",
                 "containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}
        """
            .formatted(name, app));
    ask(
        "PATCH",
        pods + "/" + name + "/status",
        "{\"status\":{\"phase\":\"Running\",\"podIP\":\"%s\",\"podIPs\":[{\"ip\":\"%s\"}]}}"
            .formatted(address, address));
  }

  void deletePod(String name) throws IOException, InterruptedException {
    ask("DELETE", "/api/v1/namespaces/default/pods/" + name + "?gracePeriodSeconds=0", "");
  }

  /** Returns the current version of the list of all pods. */
  String version() throws IOException, InterruptedException {
    return ask("GET", "/api/v1/pods", "").at("/metadata/resourceVersion").asText();
  }

  /** Makes etcd drop everything before a version. */
  void compact(String version) throws IOException, InterruptedException {
    String body = "{\"revision\":\"" + version + "\",\"physical\":true}";
    List<String> refusals = new ArrayList<>();
    for (int candidate : listening()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + candidate + "/v3/kv/compaction"))
              .timeout(Duration.ofSeconds(5))
              .POST(BodyPublishers.ofString(body))
              .build();
      try {
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200 && answer.body().contains("header")) {
          return;
        }
      } catch (IOException e) {
        refusals.add(candidate + ": " + e.getMessage()); // not etcd's port for clients
      }
    }
    throw new AssertionError(
        "no etcd among the ports " + listening() + " of " + process.pid() + ": " + refusals);
  }

  /** Returns the ports on which the process listens, according to the kernel. */
  private Set<Integer> listening() throws IOException {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          sockets.add(Files.readSymbolicLink(descriptor).toString());
        }
      }
    }
    Set<Integer> ports = new HashSet<>();
    for (String line : Files.readAllLines(proc.resolve("net/tcp"))) {
      List<String> words = List.of(line.strip().split("\\s+"));
      if (words.size() > 9
          && words.get(3).equals(LISTENS)
          && sockets.contains("socket:[" + words.get(9) + "]")) {
        String address = words.get(1);
        ports.add(Integer.parseInt(address.substring(address.indexOf(':') + 1), 16));
      }
    }
    ports.remove(port);
    return ports;
  }

  @Override
  public void close() {
    kill();
  }
}
