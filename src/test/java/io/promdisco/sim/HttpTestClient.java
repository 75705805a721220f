package io.promdisco.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.offline.KubernetesJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** A client of a simulated server, over real HTTP. */
final class HttpTestClient {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI server;
  private String token = "";

  HttpTestClient(SimApiServer server) {
    this.server = server.url();
  }

  HttpTestClient token(String value) {
    token = value;
    return this;
  }

  private java.net.http.HttpRequest.Builder request(String path) {
    java.net.http.HttpRequest.Builder request =
        java.net.http.HttpRequest.newBuilder(server.resolve(path)).header("User-Agent", "test/1");
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  HttpResponse<byte[]> get(String path, String accept) throws Exception {
    return http.send(request(path).header("Accept", accept).build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.send(
        request(path).header("Accept", "application/json").build(), BodyHandlers.ofString());
  }

  JsonNode json(String path) throws Exception {
    return parsed(get(path).body());
  }

  HttpResponse<String> send(String method, String path, String body) throws Exception {
    return http.send(
        request(path)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /** Begins a watch. */
  WatchFrames watch(String path, String accept) throws Exception {
    HttpResponse<InputStream> response =
        http.send(request(path).header("Accept", accept).build(), BodyHandlers.ofInputStream());
    return new WatchFrames(response.statusCode(), response.headers(), response.body());
  }

  static JsonNode parsed(String text) {
    try {
      return KubernetesJson.read(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    for (JsonNode item : list.path("items")) {
      names.add(ObjectFixtures.name(item));
    }
    return names;
  }
}
