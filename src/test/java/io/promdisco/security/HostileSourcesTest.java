package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.scrape.PoolView;
import io.promdisco.sim.SimApiServer;
import io.promdisco.sim.SimCluster;
import io.promdisco.testing.FakeServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that give more than a process can hold. */
@Timeout(120)
class HostileSourcesTest {
  @TempDir private Path folder = Path.of("");

  private static final String TINY = "{\"targets\":[\"a\"]},";

  private static FakeServer.Handler packed(byte[] body) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      FakeServer.send(exchange, 200, "application/json", body);
    };
  }

  private record Ended(int code, String out) {}

  /** Runs a command in a process with little memory. */
  private Ended inProcess(String heap, String... args) throws Exception {
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx" + heap,
            "io.promdisco.cli.Main");
    builder.command().addAll(List.of(args));
    builder.environment().put("CLASSPATH", absoluteClassPath());
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("it has ended").isTrue();
      return new Ended(process.exitValue(), Files.readString(out));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String absoluteClassPath() {
    return String.join(
        File.pathSeparator,
        List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)).stream()
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  @Test
  void millionsOfTinyGroupsInAPackedAnswerFailTheirSourceAlone() throws Exception {
    byte[] body = SourceAttacks.packed(5_000_000);
    assertThat(body).hasSizeLessThan(700_000);
    try (FakeServer server = FakeServer.start(packed(body))) {
      file("good.json", "[{\"targets\": [\"good:1\"]}]");
      String config =
          file(
              "p.yml",
              """
              scrape_configs:
              - job_name: bomb
                http_sd_configs: [{url: '%s'}]
              - job_name: good
                file_sd_configs: [{files: [good.json]}]
              """
                  .formatted(server.url()));
      Ended ended = inProcess("128m", "targets", config, "--timeout", "8s");
      assertThat(ended.out())
          .contains("good  active  http://good:1/metrics")
          .contains("error: bomb: " + server.url())
          .contains("this source would take more than about 30 MiB of memory")
          .contains("--source-memory")
          .doesNotContain("OutOfMemoryError");
      assertThat(ended.code()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zbomb.yml", "zbomb.json"})
  void millionsOfTinyGroupsInATargetFileFailThatFileAlone(String name) throws Exception {
    String group = name.endsWith("yml") ? "- targets: [a]\n" : TINY;
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      out.write(name.endsWith("yml") ? new byte[0] : "[".getBytes(UTF_8));
      byte[] thousand = group.repeat(1000).getBytes(UTF_8);
      for (int i = 0; i < 1000; i++) {
        out.write(thousand);
      }
      out.write(name.endsWith("yml") ? new byte[0] : "{\"targets\":[]}]".getBytes(UTF_8));
    }
    file("good.json", "[{\"targets\": [\"good:1\"]}]");
    String config =
        file(
            "p.txt",
            "scrape_configs: [{job_name: a, file_sd_configs: [{files: ['*.json', '*.yml']}]}]");
    for (String command : List.of("targets", "check")) {
      Ended ended = inProcess("128m", command, config);
      assertThat(ended.out())
          .contains(
              command.equals("check") ? "error: " + folder + "/" + name : "http://good:1/metrics")
          .contains(name)
          .containsPattern("would take more than about|more than [0-9]+ values")
          .doesNotContain("OutOfMemoryError");
      assertThat(ended.code()).isEqualTo(command.equals("check") ? 1 : 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-\n", "? \n", "- {targets: 1, targets: 1, targets: 1}\n"})
  void millionsOfErrorsInATargetFileFailThatFileAlone(String line) throws Exception {
    byte[] many = line.repeat(10_000).getBytes(UTF_8);
    try (OutputStream out = Files.newOutputStream(folder.resolve("zbomb.yml"))) {
      for (int size = many.length; size < 32 << 20; size += many.length) {
        out.write(many);
      }
    }
    file("good.json", "[{\"targets\": [\"good:1\"]}]");
    String config =
        file(
            "p.txt",
            "scrape_configs: [{job_name: a, file_sd_configs: [{files: ['*.json', '*.yml']}]}]");
    Ended ended = inProcess("128m", "targets", config);
    assertThat(ended.out())
        .contains("http://good:1/metrics")
        .containsPattern("zbomb.yml:.*more than [0-9]+ values")
        .doesNotContain("OutOfMemoryError");
    assertThat(ended.code()).isEqualTo(3);
  }

  private static List<String> urls(Promdisco promdisco) {
    return promdisco.pools().stream()
        .map(PoolView::activeTargets)
        .flatMap(List::stream)
        .map(target -> target.scrapeUrl().toString())
        .sorted()
        .toList();
  }

  @Test
  void aSourceThatGrowsBeyondItsLimitKeepsItsTargetsAndSaysHowToChangeIt() throws Exception {
    String first = "[{\"targets\": [\"a:1\"]}]";
    try (FakeServer server = FakeServer.start(FakeServer.json(200, first));
        Promdisco promdisco = Promdisco.builder().sourceMemory(1 << 20).build()) {
      String config =
          "scrape_configs: [{job_name: a, http_sd_configs: [{url: '%s', refresh_interval: 50ms}]}]"
              .formatted(server.url());
      promdisco.apply(
          new ConfigLoader().read("p.yml", config.getBytes(UTF_8), folder).configuration().get());
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(20))).isTrue();
      server.answer(packed(SourceAttacks.packed(100_000)));
      eventually(
          () ->
              assertThat(failures(promdisco))
                  .singleElement()
                  .asString()
                  .contains(server.url())
                  .contains("more than about 1 MiB of memory")
                  .contains("Promdisco.Builder.sourceMemory"));
      assertThat(urls(promdisco)).containsExactly("http://a:1/metrics");
      server.answer(FakeServer.json(200, "[{\"targets\": [\"b:1\"]}]"));
      eventually(() -> assertThat(urls(promdisco)).containsExactly("http://b:1/metrics"));
      eventually(() -> assertThat(failures(promdisco)).isEmpty());
    }
  }

  private static List<String> failures(Promdisco promdisco) {
    return promdisco.providers().stream()
        .map(ProviderStatus::failures)
        .flatMap(List::stream)
        .map(ProviderStatus.Failure::describe)
        .toList();
  }

  @Test
  void theFilesOfOneSourceShareItsLimit() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      file(name + ".json", "[" + TINY.repeat(500) + "{\"targets\":[\"" + name + "\"]}]");
    }
    try (Promdisco promdisco = Promdisco.builder().sourceMemory(1 << 20).build()) {
      String config = "scrape_configs: [{job_name: a, file_sd_configs: [{files: ['*.json']}]}]";
      promdisco.apply(
          new ConfigLoader().read("p.yml", config.getBytes(UTF_8), folder).configuration().get());
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(20))).isTrue();
      assertThat(urls(promdisco)).contains("http://a/metrics", "http://b/metrics");
      assertThat(urls(promdisco)).doesNotContain("http://c/metrics");
      assertThat(failures(promdisco)).singleElement().asString().contains("c.json", "1 MiB");
      file("a.json", "[{\"targets\":[\"other\"]}]");
      eventually(() -> assertThat(urls(promdisco)).contains("http://other/metrics"));
    }
  }

  @Test
  void objectsBeyondTheLimitOfAWatchAreRefusedAndTheOthersStay() throws Exception {
    SimCluster cluster = new SimCluster();
    try (SimApiServer server = SimApiServer.start(cluster);
        Promdisco promdisco = Promdisco.builder().sourceMemory(1 << 20).build()) {
      Path kubeconfig = folder.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      cluster.load(pods(1, "small", 10));
      String config =
          "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod, kubeconfig_file: '%s'}]}]"
              .formatted(kubeconfig);
      promdisco.apply(
          new ConfigLoader().read("p.yml", config.getBytes(UTF_8), folder).configuration().get());
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(20))).isTrue();
      assertThat(urls(promdisco)).hasSize(1);
      cluster.load(pods(40, "large", 100_000));
      eventually(
          () ->
              assertThat(failures(promdisco))
                  .singleElement()
                  .asString()
                  .contains("pods: this source would take more than about 1 MiB of memory"));
      assertThat(promdisco.pools().get(0).counts().discovered()).isBetween(1, 40);
      assertThat(urls(promdisco)).contains("http://10.0.0.1:80/metrics");
    }
  }

  private static List<ObjectNode> pods(int count, String name, int annotation) {
    List<ObjectNode> pods = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (int i = 0; i < count; i++) {
      Map<String, Object> meta =
          Map.of(
              "name",
              name + i,
              "namespace",
              "n",
              "annotations",
              Map.of("a", "x".repeat(annotation)));
      Map<String, Object> container =
          Map.of("name", "c", "image", "i", "ports", List.of(Map.of("containerPort", 80)));
      pods.add(
          json.valueToTree(
              Map.of(
                  "apiVersion",
                  "v1",
                  "kind",
                  "Pod",
                  "metadata",
                  meta,
                  "spec",
                  Map.of("containers", List.of(container)),
                  "status",
                  Map.of(
                      "phase",
                      "Running",
                      "podIP",
                      (name.equals("small") ? "10.0.0." : "10.0.1.") + (i + 1)))));
    }
    return pods;
  }
}
