package io.promdisco.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server on a free port, and a client for it. */
abstract class ServerTestCase {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final PromdiscoServer.Options LOOPBACK = new PromdiscoServer.Options("127.0.0.1", 0);

  final FakeBackend backend = new FakeBackend();
  final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  PromdiscoServer server;

  ServerTestCase() throws IOException {
    server = PromdiscoServer.start(LOOPBACK, backend);
  }

  @BeforeEach
  final void configure() {
    backend.configure("shop", "ops/nodes/0");
  }

  @AfterEach
  final void stop() {
    server.close();
  }

  final HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  final HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, headers);
  }

  final JsonNode json(String path) throws IOException, InterruptedException {
    return JSON.readTree(get(path).body());
  }

  static JsonNode parse(String json) throws IOException {
    return JSON.readTree(json);
  }

  static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
