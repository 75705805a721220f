package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.Promdisco;
import io.promdisco.allocator.Allocator;
import io.promdisco.allocator.AllocatorConfigReader;
import io.promdisco.config.Secret;
import io.promdisco.config.WebConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.providers.kubernetes.client.ApiServerClientFactory;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import io.prometheus.client.CollectorRegistry;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The protocol of the target allocator, as its collectors speak it. */
@Timeout(60)
class AllocatorRoutesTest {
  private static final String FILE =
      """
      collectors: [collector-0, collector-1]
      config:
        global: {scrape_interval: 7s}
        scrape_configs:
        - job_name: serviceMonitor/ns a/app+b/0
          static_configs:
          - {targets: ['h1:1', 'h2:1', 'h3:1', 'h4:1'], labels: {__meta_x: 'y', team: blue}}
          relabel_configs:
          - {source_labels: [__meta_x], target_label: __meta_x, action: keepequal}
          - {source_labels: [__address__], regex: 'h4:.*', action: drop}
          basic_auth: {username: me, password: hidden-password}
        - job_name: empty
          static_configs: []
      """;
  private static final String SHARE =
      "/jobs/serviceMonitor%2Fns+a%2Fapp%2Bb%2F0/targets?collector_id=";

  private static final Pattern CONTROLS = Pattern.compile("[\u007f-\u00a0]");
  private static final List<String> ODD_NAMES =
      List.of(
          ".",
          "..",
          "...",
          "./a",
          "a/../b",
          "a//b",
          "/",
          "//",
          "%2e%2e",
          "%2F",
          "%",
          "+",
          "a+b c",
          "..;a",
          ";",
          "targets",
          "/targets",
          "a/targets",
          "targets/targets",
          "\uD83D\uDE00",
          "日本",
          "\r\nHost: b");

  @TempDir private Path folder = Path.of("");
  private final Closer closer = new Closer();
  private final ManualTicker ticker = new ManualTicker();
  private final HttpClient http = HttpClient.newHttpClient();
  private PromdiscoServer server = start(FILE);

  AllocatorRoutesTest() throws Exception {}

  @AfterEach
  void stop() {
    closer.close();
  }

  private PromdiscoServer start(String yaml) throws Exception {
    Path file = Files.writeString(Files.createTempFile("allocator", ".yaml"), yaml);
    file.toFile().deleteOnExit();
    AllocatorConfigReader.Result read =
        new AllocatorConfigReader(new ConfigLoader(), name -> null).read(file);
    Promdisco promdisco = closer.add(Promdisco.builder().build());
    Allocator allocator =
        closer.add(
            new Allocator(
                read.settings().orElseThrow(),
                promdisco,
                ticker,
                ApiServerClientFactory::new,
                () -> ""));
    server =
        closer.add(
            PromdiscoServer.builder()
                .listen("127.0.0.1", 0)
                .configuration(read.scraping().configuration().orElseThrow())
                .metrics(new PrometheusMetrics(new CollectorRegistry()))
                .allocator(allocator)
                .start(promdisco));
    assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
    return server;
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    return ServerTestCase.parse(answer.body());
  }

  @Test
  void scrapeConfigsAreServedByJobWithDefaultsAndWithoutSources() throws Exception {
    JsonNode configs = json("/scrape_configs");
    assertThat(configs.fieldNames())
        .toIterable()
        .containsExactly("serviceMonitor/ns a/app+b/0", "empty");
    JsonNode job = configs.get("serviceMonitor/ns a/app+b/0");
    assertThat(job.get("scrape_interval").asText()).isEqualTo("7s");
    assertThat(job.get("metrics_path").asText()).isEqualTo("/metrics");
    assertThat(job.at("/basic_auth/username").asText()).isEqualTo("me");
    assertThat(job.at("/basic_auth/password").asText()).isEqualTo("<secret>");
    assertThat(job.has("static_configs")).isFalse();
    assertThat(job.at("/relabel_configs/0/action").asText()).isEqualTo("keepequal");
    assertThat(job.at("/relabel_configs/0").has("regex")).isFalse();
    assertThat(job.at("/relabel_configs/1/regex").asText()).isEqualTo("h4:.*");
  }

  @Test
  void onlyJobsWithTargetsAreListedWithTheirLinks() throws Exception {
    assertThat(json("/jobs").toString())
        .isEqualTo(
            "{\"serviceMonitor/ns a/app+b/0\":"
                + "{\"_link\":\"/jobs/serviceMonitor%2Fns+a%2Fapp%2Bb%2F0/targets\"}}");
  }

  @Test
  void eachCollectorGetsItsShareWithTheDiscoveredLabels() throws Exception {
    Set<String> addresses = new HashSet<>();
    for (String collector : List.of("collector-0", "collector-1")) {
      for (JsonNode group : json(SHARE + collector)) {
        group.get("targets").forEach(target -> addresses.add(collector + target.asText()));
        assertThat(group.get("labels").toString())
            .isEqualTo("{\"__meta_x\":\"y\",\"team\":\"blue\"}");
      }
    }
    assertThat(addresses).hasSize(3).allMatch(each -> each.matches("collector-[01]h[123]:1"));
  }

  @Test
  void withoutACollectorAllSharesAreShown() throws Exception {
    JsonNode all = json("/jobs/serviceMonitor%2Fns+a%2Fapp%2Bb%2F0/targets");
    assertThat(all.fieldNames()).toIterable().containsExactly("collector-0", "collector-1");
    assertThat(all.at("/collector-1/_link").asText()).isEqualTo(SHARE + "collector-1");
    assertThat(all.at("/collector-1/targets")).isEqualTo(json(SHARE + "collector-1"));
  }

  @Test
  void unknownJobsAndCollectorsHaveNoTargets() throws Exception {
    for (String path :
        List.of(
            SHARE + "nobody",
            SHARE + "",
            SHARE + "%00&x",
            "/jobs/nothing/targets?collector_id=collector-0",
            "/jobs//targets?collector_id=collector-0",
            "/jobs/targets/targets?collector_id=collector-0",
            "/jobs/empty/targets?collector_id=collector-0")) {
      assertThat(get(path).body()).as(path).isEqualTo("[]");
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void pathWithoutAJobIsUnknown() throws Exception {
    assertThat(get("/jobs/targets").statusCode()).isEqualTo(404);
    assertThat(get("/jobs/targets?collector_id=collector-0").statusCode()).isEqualTo(404);
  }

  @Test
  void jobNamesWithEveryCharacterAreFoundUnderTheEscapesOfGo() throws Exception {
    List<String> names = new ArrayList<>(ODD_NAMES);
    for (char c = 1; c < 0x250; c++) {
      names.add("a" + c + "b");
    }
    StringBuilder jobs = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      jobs.append(
          "- {job_name: %s, static_configs: [{targets: ['h%d:1']}]}\n"
              .formatted(quoted(names.get(i)), i));
    }
    closer.close();
    server = start("collectors: [c]\nconfig:\n  scrape_configs:\n" + jobs.toString().indent(2));
    JsonNode links = json("/jobs");
    assertThat(links).hasSize(names.size());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        String path = "/jobs/" + queryEscaped(name) + "/targets?collector_id=c";
        assertThat(raw(socket, in, path)).as(path).contains("\"h" + i + ":1\"");
        String link = links.get(name).get("_link").asText();
        assertThat(raw(socket, in, link + "?collector_id=c")).contains("\"h" + i + ":1\"");
      }
    }
  }

  private static String quoted(String name) throws IOException {
    return CONTROLS
        .matcher(new ObjectMapper().writeValueAsString(name))
        .replaceAll(
            found -> String.format(Locale.ROOT, "\\\\u%04x", (int) found.group().charAt(0)));
  }

  /** As Go's {@code url.QueryEscape}, by which collectors name a job. */
  private static String queryEscaped(String name) {
    StringBuilder escaped = new StringBuilder();
    for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      if (c == ' ') {
        escaped.append('+');
      } else if (c < 0x80 && (Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)) {
        escaped.append(c);
      } else {
        escaped.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
      }
    }
    return escaped.toString();
  }

  /** The body for a path that is sent as it is. */
  private static String raw(Socket socket, BufferedReader in, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    String head = in.readLine();
    assertThat(head).as(path).contains(" 200 ");
    int length = 0;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      length =
          line.toLowerCase(Locale.ROOT).startsWith("content-length:")
              ? Integer.parseInt(line.substring(line.indexOf(':') + 1).strip())
              : length;
    }
    char[] body = new char[length];
    for (int at = 0; at < length; ) {
      at += in.read(body, at, length - at);
    }
    return new String(body);
  }

  @Test
  void anUnchangedShareIsNotSentAgainToWhoHasIt() throws Exception {
    HttpResponse<String> first = get(SHARE + "collector-0");
    String tag = first.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = get(SHARE + "collector-0", "If-None-Match", tag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void sharesAreCompressedForWhoAccepts() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + SHARE + "collector-0"))
            .header("Accept-Encoding", "gzip")
            .build();
    HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes())
        .asString()
        .isEqualTo(get(SHARE + "collector-0").body());
  }

  @Test
  void probesAndReadinessAreAnswered() throws Exception {
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void dashboardsOfTheAllocatorFindTheirMetrics() throws Exception {
    assertThat(get("/metrics").body())
        .contains("opentelemetry_allocator_targets{job_name=\"serviceMonitor/ns a/app+b/0\",} 3.0")
        .contains(
            "opentelemetry_allocator_targets_per_collector{collector_name=\"collector-0\",strategy=\"consistent-hashing\",}")
        .contains(
            "opentelemetry_allocator_collectors_allocatable{strategy=\"consistent-hashing\",} 2.0")
        .contains("opentelemetry_allocator_collectors_discovered 2.0")
        .contains("opentelemetry_allocator_targets_remaining 3.0")
        .contains("opentelemetry_allocator_targets_unassigned 0.0");
  }

  @Test
  void aPrometheusGetsAWholeConfigurationOfWhatIsNotDefault() throws Exception {
    HttpResponse<String> answer = get("/prometheus.yml?collector_id=collector-1");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/yaml");
    Map<String, Object> config = new Yaml().load(answer.body());
    assertThat(config.get("global")).hasToString("{scrape_interval=7s, scrape_timeout=7s}");
    List<?> jobs = (List<?>) Objects.requireNonNull(config.get("scrape_configs"));
    Map<?, ?> job = (Map<?, ?>) Objects.requireNonNull(jobs.get(0));
    assertThat(job.keySet().stream().map(String::valueOf))
        .containsExactly(
            "job_name",
            "scrape_interval",
            "scrape_timeout",
            "basic_auth",
            "relabel_configs",
            "http_sd_configs");
    assertThat(job.get("http_sd_configs"))
        .hasToString("[{url=" + server.url() + SHARE + "collector-1}]");
    assertThat(
            new ConfigLoader()
                .read("p.yml", answer.body().getBytes(StandardCharsets.UTF_8), folder)
                .valid())
        .isTrue();
    assertThat(get("/prometheus.yml").statusCode()).isEqualTo(400);
  }

  @Test
  void thePageSaysWhoHasWhatAndWhy() throws Exception {
    assertThat(get("/").body()).contains("allocator.js");
    assertThat(get("/page/allocator.js").statusCode()).isEqualTo(200);
    assertThat(get("/targets").body()).contains("page.js");
    for (String path : List.of("/debug", "/debug/targets", "/debug/jobs/a")) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).isEqualTo(302);
      assertThat(answer.headers().firstValue("Location")).contains("/");
    }
    JsonNode summary = json("/api/v1/allocation").get("data");
    assertThat(summary.get("jobs").toString())
        .isEqualTo("{\"empty\":0,\"serviceMonitor/ns a/app+b/0\":3}");
    assertThat(summary.at("/collectors/collector-0").asInt())
        .isEqualTo(3 - summary.at("/collectors/collector-1").asInt());
    JsonNode targets =
        json("/api/v1/allocation?job=serviceMonitor%2Fns+a%2Fapp%2Bb%2F0").at("/data/targets");
    assertThat(targets).hasSize(3);
    assertThat(targets.get(0).get("reason").asText()).startsWith("by the hash of h");
  }

  @Test
  void secretsAreForClientsWithCertificates() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Path cert = Files.writeString(folder.resolve("c.crt"), certificates.certificate());
    Path key = Files.writeString(folder.resolve("c.key"), certificates.key());
    Path ca = Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    WebConfig.Tls tls =
        new WebConfig.Tls(
            "",
            cert.toString(),
            Secret.NONE,
            key.toString(),
            WebConfig.ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT,
            "",
            ca.toString(),
            List.of(),
            "TLS12",
            "TLS13",
            List.of(),
            true);
    PromdiscoServer secure =
        closer.add(
            server.alsoListen("127.0.0.1", 0, new WebConfig(Optional.of(tls), Map.of(), Map.of())));
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(WebSettingsTest.trusting(certificates, certificates))
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(secure.url() + "/scrape_configs")).build();
    assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
        .contains("\"password\":\"hidden-password\"");
    assertThat(get("/scrape_configs").body()).doesNotContain("hidden-password");
  }

  @Test
  void aClientThatClaimsToUseTlsSeesNoSecrets() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              """
              GET https://127.0.0.1/scrape_configs HTTP/1.1
              Host: 127.0.0.1
              Connection: close

              """
                  .replace("\n", "\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("basic_auth")
          .doesNotContain("hidden-password");
    }
  }
}
