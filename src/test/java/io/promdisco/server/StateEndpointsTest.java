package io.promdisco.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Problem;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.Labels;
import io.promdisco.model.Position;
import io.promdisco.testing.ExpectsErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

final class StateEndpointsTest extends ServerTestCase {
  private static final ProviderStatus.Failure FORBIDDEN =
      new ProviderStatus.Failure(
          "pods",
          "403: may not list pods",
          Instant.parse("2026-01-01T00:00:00Z"),
          Instant.parse("2026-01-01T00:00:30Z"));

  StateEndpointsTest() throws IOException {}

  @Test
  void metricsComeInTheFormatThatIsAccepted() throws Exception {
    backend.discover("shop", Labels.EMPTY, "10.0.0.1:80");
    HttpResponse<String> plain = get("/metrics");
    assertThat(header(plain, "Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(plain.body())
        .contains("prometheus_target_scrape_pool_targets{scrape_job=\"shop\",} 1.0\n");
    HttpResponse<String> open = get("/metrics", "Accept", "application/openmetrics-text");
    assertThat(header(open, "Content-Type")).startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void healthyFromTheStart() throws Exception {
    assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    assertThat(send("HEAD", "/-/healthy").statusCode()).isEqualTo(200);
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() throws Exception {
    HttpResponse<String> head = send("HEAD", "/api/v1/targets");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(header(head, "Content-Type")).isEqualTo("application/json");
    assertThat(head.body()).isEmpty();
    assertThat(send("HEAD", "/no/such").statusCode()).isEqualTo(404);
  }

  @Test
  void aQueryThatCannotBeReadIsRefusedInOneLine() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/targets?state=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 400 ")
          .contains("\"errorType\":\"bad_data\"", "query: not readable (expected name=value");
    }
  }

  @Test
  void readyOnceAllJobsAreCompleteAndOneJobOnceItIs() throws Exception {
    JobStatus.Missing pods = new JobStatus.Missing("kubernetes/0", "pods: 403: may not list pods");
    JobStatus.Missing refused = new JobStatus.Missing("kubernetes/2", "no such file");
    backend.set(FakeBackend.incomplete("shop", 1, pods, refused));
    backend.set(FakeBackend.incomplete("ops/nodes/0", 1, pods));
    HttpResponse<String> waiting = get("/-/ready");
    assertThat(waiting.statusCode()).isEqualTo(503);
    assertThat(waiting.body())
        .isEqualTo(
            """
            jobs ops/nodes/0, shop: kubernetes/0: pods: 403: may not list pods
            job shop: kubernetes/2: no such file
            """);

    backend.set(FakeBackend.complete("ops/nodes/0", 1));
    assertThat(get("/-/ready").statusCode()).isEqualTo(503);
    assertThat(get("/-/ready?job=").statusCode()).isEqualTo(503);
    assertThat(get("/-/ready?job=ops/nodes/0").statusCode()).isEqualTo(200);
    assertThat(get("/-/ready?job=shop").statusCode()).isEqualTo(503);
    assertThat(get("/-/ready?job=shop").body())
        .isEqualTo(
            """
            job shop: kubernetes/0: pods: 403: may not list pods
            job shop: kubernetes/2: no such file
            """);
    HttpResponse<String> unknown = get("/-/ready?job=nobody");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("job: nobody (expected one that /http-sd lists)\n");

    backend.set(FakeBackend.complete("shop", 1));
    assertThat(get("/-/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void readyOnceEveryNamedJobIsComplete() throws Exception {
    JobStatus.Missing pods = new JobStatus.Missing("kubernetes/0", "pods: 403: may not list pods");
    backend.set(FakeBackend.complete("shop", 1));
    backend.set(FakeBackend.incomplete("ops/nodes/0", 1, pods));

    assertThat(get("/-/ready?job=shop&job=&job=shop").body()).isEqualTo("promdisco is ready.\n");
    for (String query : List.of("job=shop&job=ops/nodes/0", "job=ops/nodes/0&job=shop")) {
      HttpResponse<String> waiting = get("/-/ready?" + query);
      assertThat(waiting.statusCode()).isEqualTo(503);
      assertThat(waiting.body())
          .isEqualTo("job ops/nodes/0: kubernetes/0: pods: 403: may not list pods\n");
    }
    HttpResponse<String> unknown = get("/-/ready?job=shop&job=nobody");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("job: nobody (expected one that /http-sd lists)\n");
  }

  @Test
  void reloadTakesPostAndPutOnly() throws Exception {
    assertThat(send("POST", "/-/reload").statusCode()).isEqualTo(200);
    assertThat(send("PUT", "/-/reload").statusCode()).isEqualTo(200);
    assertThat(backend.reloads).hasValue(2);
    HttpResponse<String> get = get("/-/reload");
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(header(get, "Allow")).contains("POST").contains("PUT");
    assertThat(get.body()).isEqualTo("GET /-/reload: method not allowed\n");
    assertThat(backend.reloads).hasValue(2);
  }

  @Test
  void refusedReloadSaysEveryProblem() throws Exception {
    backend.refusal =
        new ConfigException(
            List.of(
                problem(3, "scrape_configs[0].role", "pods (expected pod)"),
                problem(9, "global", "unknown key")));
    HttpResponse<String> answer = send("POST", "/-/reload");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .isEqualTo(
            """
            the new configuration is invalid, the previous one stays in force:
            error: p.yml:3:1: scrape_configs[0].role: pods (expected pod)
            error: p.yml:9:1: global: unknown key
            """);
  }

  private static Problem problem(int line, String path, String message) {
    return new Problem(Problem.Severity.ERROR, new Position("p.yml", line, 1), path, message);
  }

  @Test
  void pageOfAnotherSiteCannotReload() throws Exception {
    assertThat(send("POST", "/-/reload", "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(backend.reloads).hasValue(0);
    assertThat(send("POST", "/-/reload", "Sec-Fetch-Site", "same-origin").statusCode())
        .isEqualTo(200);
  }

  @Test
  void configIsYaml() throws Exception {
    List<String> shared = List.of("a: b", "#c");
    backend.config.put("global", Map.of("external_labels", shared));
    backend.config.put("other", shared);
    String yaml = json("/api/v1/status/config").at("/data/yaml").asText();
    assertThat(yaml).startsWith("global:\n  external_labels:\n").doesNotContain("&id", "*id");
    assertThat(new Yaml().<Map<String, Object>>load(yaml)).isEqualTo(backend.config);
  }

  @Test
  void discoveryShowsCountsAndFailures() throws Exception {
    backend.discover("shop", Labels.EMPTY, "10.0.0.1:80", "10.0.0.2:80");
    backend.providers.add(FakeBackend.provider("kubernetes/0", true, false, FORBIDDEN));
    backend.providers.add(
        FakeBackend.provider(
            "kubernetes/1",
            false,
            false,
            new ProviderStatus.Failure("start", "no", Instant.EPOCH, Instant.MAX)));
    JsonNode data = json("/api/v1/discovery").at("/data");
    assertThat(data.at("/jobs/0").toString())
        .isEqualTo(
            "{\"job\":\"shop\",\"discovered\":2,\"active\":2,\"dropped\":0,\"failed\":0,"
                + "\"complete\":true,\"missing\":[]}");
    backend.set(
        FakeBackend.incomplete("shop", 1, new JobStatus.Missing("kubernetes/0", "pods: no")));
    JsonNode incomplete = json("/api/v1/discovery").at("/data/jobs/0");
    assertThat(incomplete.at("/complete").asBoolean()).isFalse();
    assertThat(incomplete.at("/missing").toString()).isEqualTo("[\"kubernetes/0: pods: no\"]");
    assertThat(data.at("/providers/0/failures/0").toString())
        .isEqualTo(
            "{\"part\":\"pods\",\"reason\":\"403: may not list pods\","
                + "\"since\":\"2026-01-01T00:00:00Z\",\"nextTry\":\"2026-01-01T00:00:30Z\"}");
    assertThat(data.at("/providers/0/synced").asBoolean()).isFalse();
    assertThat(data.at("/providers/1/started").asBoolean()).isFalse();
    assertThat(data.at("/providers/1/failures/0/nextTry").isNull()).isTrue();
  }

  @Test
  void unknownPathsAndMethodsAreErrorsInTheFormOfTheirPlace() throws Exception {
    HttpResponse<String> api = get("/api/v1/nothing");
    assertThat(api.statusCode()).isEqualTo(404);
    assertThat(header(api, "Content-Type")).isEqualTo("application/json");
    assertThat(api.body())
        .isEqualTo(
            "{\"status\":\"error\",\"errorType\":\"bad_data\","
                + "\"error\":\"/api/v1/nothing: no such path\"}");
    HttpResponse<String> method = send("DELETE", "/api/v1/targets");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(header(method, "Allow")).contains("GET");
    assertThat(parse(method.body()).at("/error").asText())
        .isEqualTo("DELETE /api/v1/targets: method not allowed");
    HttpResponse<String> plain = get("/nothing");
    assertThat(plain.statusCode()).isEqualTo(404);
    assertThat(header(plain, "Content-Type")).startsWith("text/plain");
    assertThat(plain.body()).isEqualTo("/nothing: no such path\n");
  }

  @Test
  @ExpectsErrors("the failure is the point of the test")
  void faultOfOursIsFiveHundredWithoutDetails() throws Exception {
    backend.breakage = new IllegalStateException("secret detail");
    HttpResponse<String> answer = get("/api/v1/targets");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(parse(answer.body()).at("/errorType").asText()).isEqualTo("internal");
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  @ExpectsErrors("the failure is the point of the test")
  void answerThatFailsHalfwayIsCutAndNotEnded() {
    backend.configureFrom(
        "p.yml",
        """
        scrape_configs:
        - job_name: shop
          relabel_configs: [{action: drop, source_labels: [__address__], regex: 'h0:80'}]
        """);
    String[] many = IntStream.range(0, 5000).mapToObj(i -> "h" + i + ":80").toArray(String[]::new);
    backend.discover("shop", Labels.EMPTY, many);
    backend.unreadable = true; // dropped targets are read again, after the active ones
    assertThatThrownBy(() -> get("/api/v1/targets")).isInstanceOf(IOException.class);
  }

  @Test
  void pageMayLoadFromHereOnly() throws Exception {
    for (String path :
        new String[] {"/", "/page/page.css", "/page/page.js", "/page/dom.js", "/page/icon.svg"}) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(header(answer, "Content-Security-Policy"))
          .startsWith("default-src 'none'; script-src 'self';")
          .doesNotContain("unsafe");
      assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.headers().firstValue("Server")).isEmpty();
      assertThat(answer.body().replace("http://www.w3.org/2000/svg", "")) // a name, not a place
          .doesNotContain("http://", "https://", "innerHTML", " style=");
    }
    assertThat(header(get("/"), "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(get("/page/page.js"), "Content-Type")).startsWith("text/javascript");
  }
}
