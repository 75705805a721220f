package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.Promdisco;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.section.SdConfigReader;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.scrape.PoolView;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.ExpectsErrors;
import io.prometheus.client.CollectorRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {
  @TempDir private Path folder = Path.of("");

  private static String job(String name, String target) {
    return "- job_name: " + name + "\n  static_configs: [{targets: ['" + target + "']}]\n";
  }

  @Test
  @ExpectsErrors("the second configuration is refused")
  void aBadReloadChangesNothingAndAGoodOneIsInForce() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    CollectorRegistry registry = new CollectorRegistry();
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build()) {
      ReloadableBackend reload =
          new ReloadableBackend(
              promdisco, new ConfigLoader()::read, file, c -> c, () -> "", metrics);
      reload.apply(new ConfigLoader().load(file));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();

      Files.writeString(file, "scrape_configs:\n- job: a\n");
      assertThat(refused(reload)).contains("job_name is empty");
      assertThat(promdisco.pools()).hasSize(1);
      assertThat(promdisco.pools().get(0).counts().active()).isEqualTo(1);
      assertThat(registry.getSampleValue("prometheus_config_last_reload_successful")).isZero();

      Files.writeString(file, "scrape_configs:\n" + job("a", "h:1") + job("b", "h:2"));
      reload.reload();
      eventually(
          () -> assertThat(promdisco.pool("b").orElseThrow().counts().active()).isEqualTo(1));
      assertThat(registry.getSampleValue("prometheus_config_last_reload_successful")).isOne();
    }
  }

  @Test
  void jobsFromElsewhereChangeWithoutAReloadAndTheOthersStay() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    Path other = Files.writeString(folder.resolve("o.yml"), "scrape_configs:\n" + job("o", "h:2"));
    List<ScrapeConfig> added = new ArrayList<>();
    AtomicReference<String> waits = new AtomicReference<>("monitors: not read yet");
    PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build()) {
      try (PromdiscoServer server =
          PromdiscoServer.builder()
              .listen("127.0.0.1", 0)
              .configFile(file)
              .change(
                  read -> {
                    List<ScrapeConfig> jobs = new ArrayList<>(read.jobs());
                    jobs.addAll(added);
                    return Configuration.of(jobs);
                  })
              .waitsFor(waits::get)
              .start(promdisco)) {
        assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
        assertThat(ready(server).statusCode()).isEqualTo(503);
        assertThat(ready(server).body()).isEqualTo("monitors: not read yet\n");

        added.addAll(new ConfigLoader().load(other).jobs());
        server.reapply();
        waits.set("");
        assertThat(promdisco.awaitSynced(Duration.ofSeconds(10))).isTrue();
        assertThat(promdisco.pools()).extracting(PoolView::job).containsExactly("a", "o");
        assertThat(ready(server).statusCode()).isEqualTo(200);
      }
    }
  }

  private static HttpResponse<String> ready(PromdiscoServer server) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.url() + "/-/ready")).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  @ExpectsErrors("the second configuration is refused")
  void aReloadLogsErrorsAsErrorsAndWarningsAsWarnings() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    CollectorRegistry registry = new CollectorRegistry();
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
        CapturedLog log = new CapturedLog()) {
      ReloadableBackend reload =
          new ReloadableBackend(
              promdisco, new ConfigLoader()::read, file, c -> c, () -> "", metrics);
      Files.writeString(file, "scrape_configs:\n- job_name: b\n- job_name: c\n  foo: 1\n");
      assertThat(refused(reload).lines().map(line -> line.replaceAll("(?<=^\\w{1,9}: ).*/", "")))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("warning: p.yml:2:3: scrape_configs[0]: no"),
              line -> assertThat(line).startsWith("warning: p.yml:3:3: scrape_configs[1]: no"),
              line -> assertThat(line).startsWith("error: p.yml:4:3: scrape_configs[1].foo: "));
      assertThat(log.lines("ERROR")).singleElement().asString().contains("p.yml:4:3: ");
      assertThat(log.lines("WARN")).hasSize(2).allMatch(line -> line.contains("no targets"));

      Files.writeString(
          file,
          "scrape_configs:\n"
              + job("a", "h:1")
              + "- {job_name: f, file_sd_configs: [{files: [none.json]}]}\n");
      reload.reload();
      assertThat(log.lines("ERROR")).hasSize(1);
      assertThat(log.lines("WARN", "none.json")).hasSize(1);
      assertThat(log.lines("INFO", "reloaded", ": 2 jobs")).hasSize(1);
    }
  }

  @Test
  @ExpectsErrors("the second configuration is refused")
  void manyReloadsOfClientsDoNotFillTheLog() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
        CapturedLog log = new CapturedLog()) {
      ReloadableBackend reload =
          new ReloadableBackend(
              promdisco, new ConfigLoader()::read, file, c -> c, () -> "", metrics);
      for (int i = 0; i < 20; i++) {
        assertThat(reload.tryReload()).isTrue();
      }
      assertThat(log.lines("reloaded", ": 1 job")).hasSize(1);
      reload.reload(); // not over HTTP, so reload as SIGHUP does
      assertThat(log.lines("reloaded", ": 1 job")).hasSize(2);
      Files.writeString(file, "nonsense: 1");
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(reload::tryReload).isInstanceOf(ConfigException.class);
      }
      assertThat(log.lines("ERROR", "nonsense")).hasSize(1);
    }
  }

  @Test
  @ExpectsErrors("the second configuration is refused")
  void jobsFromElsewhereStayAfterAReloadAndTheirNamesAreTaken() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    Path other = Files.writeString(folder.resolve("o.yml"), "scrape_configs:\n" + job("o", "h:2"));
    ScrapeConfig added = new ConfigLoader().load(other).jobs().get(0);
    PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build()) {
      ReloadableBackend reload =
          new ReloadableBackend(
              promdisco,
              new ConfigLoader()::read,
              file,
              read -> {
                List<ScrapeConfig> jobs = new ArrayList<>(read.jobs());
                jobs.add(added);
                return Configuration.of(jobs);
              },
              () -> "",
              metrics);
      reload.load();
      assertThat(promdisco.pools()).extracting(PoolView::job).containsExactlyInAnyOrder("a", "o");

      Files.writeString(file, "scrape_configs:\n" + job("o", "h:1"));
      assertThat(refused(reload)).contains("p.yml:1:1: ").contains("\"o\"");
      assertThat(promdisco.pools()).hasSize(2);

      Files.writeString(file, "scrape_configs:\n" + job("b", "h:1"));
      reload.reload();
      assertThat(promdisco.pools()).extracting(PoolView::job).containsExactlyInAnyOrder("b", "o");
    }
  }

  private static String refused(ReloadableBackend reload) {
    try {
      reload.reload();
      return "";
    } catch (ConfigException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aWatchedFileIsInForceSoonAfterItChanged() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs:\n" + job("a", "h:1"));
    CollectorRegistry registry = new CollectorRegistry();
    PrometheusMetrics metrics = new PrometheusMetrics(registry);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
        PromdiscoServer server =
            PromdiscoServer.builder()
                .listen("127.0.0.1", 0)
                .configFile(file)
                .watchConfig(true)
                .start(promdisco)) {
      assertThat(promdisco.pool("a")).isPresent();
      assertThat(server.port()).isPositive();

      Files.writeString(file, "scrape_config_files: [jobs.yml]\n");
      Files.writeString(folder.resolve("jobs.yml"), "scrape_configs:\n" + job("b", "h:1"));
      eventually(() -> assertThat(promdisco.pool("b")).isPresent());

      Files.writeString(folder.resolve("jobs.yml"), "scrape_configs:\n" + job("c", "h:1"));
      eventually(() -> assertThat(promdisco.pool("c")).isPresent());
      assertThat(promdisco.pools()).hasSize(1);
    }
  }

  @Test
  void aReloadWhileAnotherRunsIsRefusedWithoutWaiting() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("p.txt"), "scrape_configs: [{job_name: a, slow_sd_configs: []}]");
    PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch may = new CountDownLatch(1);
    ConfigLoader slow =
        new ConfigLoader(
            List.of(
                new SdConfigReader() {
                  @Override
                  public String key() {
                    return "slow_sd_configs";
                  }

                  @Override
                  public Result read(Section job, ConfigPaths paths) {
                    begun.countDown();
                    Uninterruptibles.awaitUninterruptibly(may);
                    return new Result(List.of(), List.of());
                  }
                }));
    try (Promdisco promdisco = Promdisco.builder().build()) {
      ReloadableBackend reload =
          new ReloadableBackend(promdisco, slow::read, file, c -> c, () -> "", metrics);
      Thread first = new Thread(() -> assertThat(reloaded(reload)).isTrue());
      first.start();
      begun.await();
      assertThat(reload.tryReload()).isFalse();
      assertThat(reload.config()).isEmpty(); // the server answers during the reload
      may.countDown();
      first.join();
      assertThat(reload.tryReload()).isTrue();
      assertThat(reload.config()).isNotEmpty();
    }
  }

  private static boolean reloaded(ReloadableBackend reload) {
    try {
      return reload.tryReload();
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withoutAFileNothingIsReloaded() throws Exception {
    try (Promdisco promdisco = Promdisco.builder().build();
        PromdiscoServer server =
            PromdiscoServer.builder()
                .listen("127.0.0.1", 0)
                .configuration(Configuration.of(ScrapeConfig.builder("a").build()))
                .start(promdisco)) {
      HttpRequest reload =
          HttpRequest.newBuilder(URI.create(server.url() + "/-/reload"))
              .method("POST", HttpRequest.BodyPublishers.noBody())
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(reload, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThatThrownBy(server::reload)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("reload: no configuration file (expected: configFile)");
    }
  }

  @Test
  void aFileThatIsRefusedStartsNoServer() throws Exception {
    Path file = Files.writeString(folder.resolve("p.yml"), "scrape_configs: 1");
    try (Promdisco promdisco = Promdisco.builder().build()) {
      assertThatThrownBy(() -> PromdiscoServer.builder().configFile(file).start(promdisco))
          .isInstanceOf(ConfigException.class);
    }
  }

  @Test
  void unusableSettingsAreRejectedImmediately() {
    PromdiscoServer.Builder builder = PromdiscoServer.builder();
    assertThatThrownBy(() -> builder.listen("127.0.0.1", 65_536))
        .hasMessage("port: 65536 (expected 0 to 65535)");
    assertThatThrownBy(() -> builder.allowedHosts(List.of("http://a")))
        .hasMessageStartingWith("allowed host: http://a (expected a host name");
    assertThatThrownBy(() -> builder.webConfig(folder.resolve("none.yml")))
        .hasMessageEndingWith("none.yml: no such file");
  }
}
