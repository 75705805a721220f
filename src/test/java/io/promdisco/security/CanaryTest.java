package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.http.ScrapeClient;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets stand in the configuration, in kubeconfigs, tokens, dumps and what programs and servers
 * say. Servers fail in every way and say back what they were sent. Nothing that the program prints,
 * logs at its most talkative, or answers holds any of them.
 */
class CanaryTest {
  @TempDir private Path folder = Path.of("");
  private FakeServer server = EchoServer.start();
  private FakeServer secureServer;
  private LeakWorld world;

  @BeforeEach
  void plant() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    secureServer = EchoServer.start(certificates.server());
    world = new LeakWorld(folder, server.url(), secureServer.url(), certificates);
    assertThat(world.canaries.count()).isGreaterThan(20);
  }

  @AfterEach
  void stop() {
    server.close();
    secureServer.close();
  }

  private void showsNothing(String what, String text) {
    assertThat(world.canaries.in(text)).as(what).isEmpty();
  }

  private void wereSent() {
    String all =
        Stream.concat(server.requests.stream(), secureServer.requests.stream())
            .map(request -> request.headers().entrySet().toString())
            .collect(Collectors.joining("\n"));
    assertThat(world.sent)
        .as("secrets that the servers were sent")
        .allMatch(
            secret -> all.contains(secret) || all.contains(CanarySecrets.base64("u:" + secret)));
  }

  @Test
  void checkShowsNoSecret() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("check", "prometheus.yml"));
    try (var files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("broken-.*\\.yml|kc-.*|key.pem|token"))
          .forEach(arguments::add);
    }
    for (String format : List.of("text", "json", "sarif")) {
      List<String> all = new ArrayList<>(arguments);
      all.addAll(List.of("--output", format));
      PromdiscoProcess.Result result = PromdiscoProcess.run(folder, all.toArray(new String[0]));
      assertThat(result.code()).as(result.output()).isEqualTo(1);
      showsNothing("check --output " + format, result.output());
    }
  }

  @Test
  void targetsShowsNoSecret() throws Exception {
    for (String format : List.of("wide", "prometheus")) {
      PromdiscoProcess.Result result =
          PromdiscoProcess.run(
              folder, "targets", "prometheus.yml", "--timeout", "4s", "-o", format);
      assertThat(result.code()).as(result.output()).isEqualTo(3);
      assertThat(result.output()).contains("go away, ").contains("<secret>");
      showsNothing("targets -o " + format, result.output());
    }
    wereSent();
  }

  @Test
  void targetsOfADumpShowNoSecret() throws Exception {
    for (String dump : List.of("dump.yaml", "broken-dump.yaml", "odd-dump.yaml")) {
      PromdiscoProcess.Result result =
          PromdiscoProcess.run(folder, "targets", "pods.yml", "--manifests", dump, "-o", "json");
      assertThat(result.code()).as(result.output()).isEqualTo(dump.startsWith("broken") ? 2 : 0);
      showsNothing("targets --manifests " + dump, result.output());
    }
  }

  @Test
  void serveShowsNoSecret() throws Exception {
    String sentToUs = world.canaries.plant("Authorization header sent to serve");
    try (PromdiscoProcess serve =
        PromdiscoProcess.start(
            folder, "serve", "--config", "prometheus.yml", "--listen", "127.0.0.1:0")) {
      eventually(() -> assertThat(serve.output()).contains("listens on"));
      Matcher url = Pattern.compile("listens on (\\S+)").matcher(serve.output());
      assertThat(url.find()).isTrue();
      eventually(this::wereSent);
      eventually(() -> assertThat(serve.output()).contains("go away, "));
      answersShowNone(url.group(1), sentToUs);
      Files.copy(
          folder.resolve("broken-beare.yml"),
          folder.resolve("prometheus.yml"),
          StandardCopyOption.REPLACE_EXISTING);
      showsNothing("refused reload", ask("POST", url.group(1) + "/-/reload", sentToUs).body());
      PromdiscoProcess.Result result = serve.terminate();
      assertThat(result.output()).contains("the new configuration is invalid");
      showsNothing("log of serve", result.output());
    }
  }

  private void answersShowNone(String url, String token) throws Exception {
    for (String path :
        List.of(
            "/",
            "/api/v1/targets",
            "/api/v1/scrape_pools",
            "/api/v1/status/config",
            "/api/v1/discovery",
            "/api/v1/discovery/targets?q=127",
            "/http-sd",
            "/http-sd/scraped",
            "/metrics",
            "/-/ready",
            "/none")) {
      HttpResponse<String> answer = ask("GET", url + path, token);
      assertThat(answer.body()).as(path).isNotEmpty();
      showsNothing(path, answer.body() + answer.headers());
    }
    assertThat(ask("GET", url + "/api/v1/discovery", token).body()).contains("go away");
    assertThat(ask("GET", url + "/api/v1/status/config", token).body()).contains("secret");
  }

  private static HttpResponse<String> ask(String method, String url, String token)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** Somebody may log or print any object; a debugger shows them so. */
  @Test
  void noObjectShowsOneAsText() throws Exception {
    try (CapturedLog log = new CapturedLog();
        Promdisco promdisco = Promdisco.builder().build()) {
      Configuration configuration = new ConfigLoader().load(folder.resolve("prometheus.yml"));
      promdisco.apply(configuration);
      promdisco.awaitSynced(Duration.ofSeconds(3));
      List<String> shown = new ArrayList<>();
      int visited =
          ObjectGraph.visit(
                  promdisco,
                  object -> {
                    for (String leak : world.canaries.in(object.toString())) {
                      shown.add(object.getClass().getName() + ": " + leak);
                    }
                  })
              + ObjectGraph.visit(
                  configuration, object -> showsNothing("configuration", object.toString()));
      assertThat(shown).isEmpty();
      assertThat(visited).isGreaterThan(1000);
      assertThat(log.lines("WARN")).isNotEmpty();
      showsNothing("log", String.join("\n", log.lines("")));
    }
  }

  /** A program that scrapes has the secrets; what it prints of them by mistake holds none. */
  @Test
  void scrapeClientShowsNoSecret() throws Exception {
    Configuration configuration = new ConfigLoader().load(folder.resolve("prometheus.yml"));
    int scraped = 0;
    int revealed = 0;
    try (CapturedLog log = new CapturedLog()) {
      for (ScrapeConfig job : configuration.jobs()) {
        if (!job.jobName().startsWith("scraped-")) {
          continue;
        }
        scraped++;
        revealed += job.httpClient().basicAuth().isPresent() ? 1 : 0;
        revealed += job.httpClient().authorization().isPresent() ? 1 : 0;
        showsNothing(job.jobName(), job + " " + job.toBuilder().build());
        try (ScrapeClient client = new ScrapeClient(job)) {
          ObjectGraph.visit(client, object -> showsNothing(job.jobName(), object.toString()));
          ScrapeClient.Answer answer =
              client.get(URI.create(server.url() + "/status403"), Duration.ofSeconds(5));
          showsNothing(job.jobName(), answer.toString());
        } catch (IOException e) {
          StringWriter text = new StringWriter();
          e.printStackTrace(new PrintWriter(text));
          showsNothing(job.jobName(), text.toString());
        }
      }
      showsNothing("log", String.join("\n", log.lines("")));
    }
    assertThat(scraped).isGreaterThan(10);
    assertThat(revealed).isGreaterThan(4);
    assertThat(server.requests).isNotEmpty();
  }
}
