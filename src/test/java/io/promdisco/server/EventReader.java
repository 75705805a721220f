package io.promdisco.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Reads server-sent events as a browser does, and remembers the last event id. */
final class EventReader implements AutoCloseable {
  private final InputStream body;
  private final BufferedReader lines;
  private String lastId = "";

  /** One event; the name {@code (end)} stands for the end of the stream. */
  record Event(String name, String data) {
    JsonNode json() throws IOException {
      return ServerTestCase.parse(data);
    }
  }

  EventReader(HttpClient client, String url, String lastEventId)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<InputStream> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode());
    }
    body = response.body();
    lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  String lastId() {
    return lastId;
  }

  /** The next line, unchanged. */
  String line() throws IOException {
    return String.valueOf(lines.readLine());
  }

  Event next() throws IOException {
    String name = "";
    StringBuilder data = new StringBuilder();
    while (true) {
      String line = lines.readLine();
      if (line == null) {
        return new Event("(end)", "");
      }
      if (line.isEmpty() && data.length() > 0) {
        return new Event(name, data.toString());
      }
      if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("id: ")) {
        lastId = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        data.append(line, "data: ".length(), line.length());
      }
    }
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
