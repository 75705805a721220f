package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.promdisco.config.ConfigException;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Compares the running server with its description, in both directions: everything described is
 * answered as described, and everything answered is described.
 */
@Timeout(60)
final class OpenApiTest {
  private final FakeBackend backend = new FakeBackend();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ManualTicker ticker = new ManualTicker();
  private final Closer live = new Closer();
  private final RecentHistory state;
  private final PromdiscoServer server;
  private final OpenApi api;

  /** Path, method and status of each answer that was received. */
  private final Set<String> seen = new TreeSet<>();

  OpenApiTest() throws Exception {
    backend.configure("shop", "ops/nodes/0");
    state = live.add(new RecentHistory(backend, ticker, FakeBackend.streams(1), 8));
    server = PromdiscoServer.start(ServerTestCase.LOOPBACK, backend, state, live);
    HttpResponse<String> description =
        client.send(request("/openapi.yaml").build(), HttpResponse.BodyHandlers.ofString());
    api = new OpenApi(description.body());
    fill();
  }

  private void fill() {
    backend.discover(
        "shop",
        new TargetGroup(
            "0",
            List.of(
                Labels.of("__address__", "10.0.0.1:80", "__meta_pod", "a"),
                Labels.of("__address__", "10.0.0.2:80"),
                Labels.of("__address__", "10.0.0.3:80", "__meta_drop", "yes"),
                Labels.of("__address__", "10.0.0.4/x")),
            Labels.EMPTY));
    backend.config.put("global", Map.of("scrape_interval", "1m"));
    for (Instant next : List.of(Instant.EPOCH, Instant.MAX)) {
      backend.providers.add(
          FakeBackend.provider(
              "kubernetes/" + next,
              false,
              false,
              new ProviderStatus.Failure("pods", "no", Instant.EPOCH, next)));
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path));
  }

  @Test
  void everyRouteIsDescribedAndEveryDescribedPathIsARoute() {
    Set<String> routes = new Routes(backend, state, true, null).all();
    Set<String> described =
        api.operations().stream()
            .flatMap(operation -> spelledOut(operation).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(described).isEqualTo(routes);
  }

  /** One operation for each value of a path parameter whose values are listed. */
  private static List<String> spelledOut(OpenApi.Operation operation) {
    List<String> all = new ArrayList<>();
    for (JsonNode parameter : operation.described().path("parameters")) {
      if (parameter.path("in").asText().equals("path")) {
        String name = "{" + parameter.path("name").asText() + "}";
        parameter
            .at("/schema/enum")
            .forEach(value -> all.add(operation.toString().replace(name, value.asText())));
      }
    }
    return all.isEmpty() ? List.of(operation.toString()) : all;
  }

  @Test
  void everyDescribedAnswerIsGivenAndEveryAnswerIsAsDescribed() throws Exception {
    Set<String> described = new TreeSet<>();
    for (OpenApi.Operation operation : api.operations()) {
      operation
          .described()
          .path("responses")
          .fieldNames()
          .forEachRemaining(status -> described.add(operation + " " + status));
      ask(operation, parameter -> parameter.path("required").asBoolean());
      ask(operation, parameter -> true);
      askWrongly(operation);
    }
    provokeTheOthers();
    assertThat(seen).isEqualTo(described);
  }

  /** Sends the request with the examples of its parameters. */
  private void ask(OpenApi.Operation operation, Predicate<JsonNode> which) throws Exception {
    Map<String, String> values = new LinkedHashMap<>();
    for (JsonNode parameter : operation.described().path("parameters")) {
      if (which.test(parameter)) {
        JsonNode written = parameter.path("example");
        JsonNode example = written.isArray() ? written.path(0) : written;
        assertThat(example.isTextual() || example.isInt())
            .as("%s: example of %s", operation, parameter)
            .isTrue();
        values.put(parameter.path("name").asText(), example.asText());
      }
    }
    assertThat(send(operation, values)).as(operation.toString()).isEqualTo(200);
  }

  /** Sends a value that the schema does not allow, or leaves out a required parameter. */
  private void askWrongly(OpenApi.Operation operation) throws Exception {
    for (JsonNode parameter : operation.described().path("parameters")) {
      List<String> wrong = new ArrayList<>();
      JsonNode schema = parameter.path("schema");
      if (schema.has("enum") || schema.path("type").asText().equals("integer")) {
        wrong.add("wrong");
      }
      if (schema.has("minimum")) {
        wrong.add(IntNode.valueOf(schema.path("minimum").asInt() - 1).asText());
        wrong.add(Long.toString(schema.path("maximum").asLong() + 1));
      }
      if (parameter.path("required").asBoolean()) {
        wrong.add("");
      }
      for (String value : wrong) {
        if (parameter.path("in").asText().equals("query")) {
          Map<String, String> values = Map.of(parameter.path("name").asText(), value);
          assertThat(send(operation, values)).as("%s %s", operation, values).isEqualTo(400);
        }
      }
    }
  }

  /** Provokes the answers that depend on the server's state or on other headers. */
  private void provokeTheOthers() throws Exception {
    OpenApi.Operation jobs = operation("GET /http-sd/{job}");
    send(jobs, Map.of("job", "nobody"));
    send(jobs, Map.of("job", "shop", "If-None-Match", "*"));
    send(jobs, Map.of("job", "ops/nodes/0"));
    OpenApi.Operation stream = operation("GET " + StreamEndpoint.PATH);
    backend.set(FakeBackend.incomplete("shop", 1, new JobStatus.Missing("kubernetes/0", "no")));
    send(operation("GET /api/v1/targets"), Map.of());
    send(operation("GET /api/v1/discovery"), Map.of());
    send(operation("GET /-/ready"), Map.of());
    send(operation("GET /-/ready"), Map.of("job", "nobody"));
    send(jobs, Map.of("job", "shop"));
    send(stream, Map.of("scrapePool", "nobody"));
    send(stream, Map.of("scrapePool", "shop"));
    backend.set(FakeBackend.complete("shop", 1));
    backend.refusal = new ConfigException(List.of());
    for (String reload : List.of("POST /-/reload", "PUT /-/reload")) {
      send(operation(reload), Map.of());
      send(operation(reload), Map.of("Sec-Fetch-Site", "cross-site"));
    }
    try (InputStream first =
        client
            .send(request(stream.path()).build(), HttpResponse.BodyHandlers.ofInputStream())
            .body()) {
      assertThat(first.read()).isEqualTo('e');
      send(stream, Map.of());
    }
  }

  private OpenApi.Operation operation(String name) {
    return api.operations().stream()
        .filter(each -> each.toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Sends a request, compares the answer with the description, and returns the status. */
  private int send(OpenApi.Operation operation, Map<String, String> values) throws Exception {
    String path = operation.path();
    List<String> query = new ArrayList<>();
    Map<String, String> headers = new LinkedHashMap<>(values);
    for (JsonNode parameter : operation.described().path("parameters")) {
      String name = parameter.path("name").asText();
      String value = values.getOrDefault(name, "");
      if (parameter.path("in").asText().equals("path")) {
        path = path.replace("{" + name + "}", value.isEmpty() ? "shop" : value);
        headers.remove(name);
      } else if (parameter.path("in").asText().equals("query") && values.containsKey(name)) {
        query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        headers.remove(name);
      }
    }
    HttpRequest.Builder request =
        request(path + (query.isEmpty() ? "" : "?" + String.join("&", query)));
    headers.forEach(request::header);
    request.method(operation.method(), HttpRequest.BodyPublishers.noBody());
    HttpResponse<InputStream> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    check(operation, answer);
    return answer.statusCode();
  }

  private void check(OpenApi.Operation operation, HttpResponse<InputStream> answer)
      throws IOException {
    String name = operation + " " + answer.statusCode();
    seen.add(name);
    JsonNode described = api.answer(operation, answer.statusCode());
    assertThat(described.isMissingNode()).as("%s: described", name).isFalse();
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    try (InputStream body = answer.body()) {
      if (described.path("content").isMissingNode()) {
        assertThat(body.readAllBytes()).as(name).isEmpty();
        return;
      }
      JsonNode content = described.path("content").path(type.toLowerCase(Locale.ROOT));
      assertThat(content.isMissingNode()).as("%s: type %s described", name, type).isFalse();
      if (type.equals("application/json")) {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        assertThat(api.differences(content.path("schema"), ServerTestCase.parse(text)))
            .as("%s: %s", name, text)
            .isEmpty();
      } else if (type.equals("text/event-stream") && answer.statusCode() == 200) {
        assertThat(body.read()).as(name).isEqualTo('e');
      }
    }
    if (type.equals("text/event-stream")) {
      awaitNoStream();
    }
  }

  /** The server notices that a stream was left when it sends the next event. */
  private void awaitNoStream() {
    eventually(
        () -> {
          ticker.advance(StreamHub.HEARTBEAT);
          assertThat(state.streams().size()).isZero();
        });
  }

  @Test
  void methodsThatAreNotDescribedAreRefused() throws Exception {
    Set<String> described =
        api.operations().stream().map(OpenApi.Operation::toString).collect(Collectors.toSet());
    for (OpenApi.Operation operation : api.operations()) {
      for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH")) {
        if (!described.contains(method + " " + operation.path())) {
          String path = spelledOut(operation).get(0).split(" ", 2)[1].replace("{job}", "shop");
          HttpResponse<String> answer =
              client.send(
                  request(path).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                  HttpResponse.BodyHandlers.ofString());
          assertThat(answer.statusCode()).as("%s %s", method, path).isEqualTo(405);
        }
      }
    }
  }

  @Test
  void aDocumentThatIsNotAsDescribedIsFound() throws Exception {
    JsonNode schema =
        api.answer(operation("GET /api/v1/discovery"), 200).at("/content/application~1json/schema");
    String job = "{'job':'a','discovered':1,'active':1,'dropped':0,'failed':-1,'new':1}";
    String text = "{'status':'success','data':{'jobs':[" + job + ",7]}}";
    assertThat(api.differences(schema, ServerTestCase.parse(text.replace('\'', '"'))))
        .anyMatch(line -> line.startsWith("/data: no providers"))
        .anyMatch(line -> line.startsWith("/data/jobs/0/failed: -1"))
        .anyMatch(line -> line.startsWith("/data/jobs/0/new: "))
        .anyMatch(line -> line.startsWith("/data/jobs/1: 7"));
  }
}
