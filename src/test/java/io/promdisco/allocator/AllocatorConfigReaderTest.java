package io.promdisco.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.allocation.Allocation;
import io.promdisco.allocation.Holders;
import io.promdisco.config.Problem;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the configuration file of an allocator means, and what is wrong with it. */
class AllocatorConfigReaderTest {
  private static final String JOBS =
      "config: {scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]}\n";

  @TempDir private Path folder = Path.of("");
  private final Map<String, String> environment = new HashMap<>();

  private AllocatorConfigReader.Result read(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("ta.yaml"), yaml);
    return new AllocatorConfigReader(new ConfigLoader(), environment::get).read(file);
  }

  private AllocatorConfig settings(String yaml) throws IOException {
    AllocatorConfigReader.Result result = read(yaml);
    assertThat(result.settings()).as("%s", result.scraping().problems()).isPresent();
    return result.settings().get();
  }

  private List<String> problems(String yaml) throws IOException {
    return read(yaml).scraping().problems().stream()
        .map(Problem::toString)
        .map(line -> line.replace(folder + "/", ""))
        .toList();
  }

  @Test
  void everythingHasADefaultButTheNamespace() throws IOException {
    assertThat(settings("collector_namespace: otel\n" + JOBS))
        .isEqualTo(
            new AllocatorConfig(
                ":8080",
                new AllocatorConfig.Https(false, ":8443", "", "", ""),
                "",
                "otel",
                "",
                List.of(),
                Allocation.Strategy.CONSISTENT_HASHING,
                Holders.Handover.GAPLESS,
                Duration.ofSeconds(30),
                false));
  }

  @Test
  void everySettingIsRead() throws IOException {
    assertThat(
            settings(
                """
                listen_addr: :1
                kube_config_file_path: kubeconfig
                collector_namespace: otel
                collector_selector:
                  matchLabels: {app: collector}
                  matchExpressions:
                  - {key: tier, operator: In, values: [a, b]}
                  - {key: env, operator: NotIn, values: [test]}
                  - {key: new, operator: Exists}
                  - {key: old, operator: DoesNotExist}
                allocation_strategy: per-node
                allocation_fallback_strategy: consistent-hashing
                filter_strategy: relabel-config
                collector_not_ready_grace_period: 1m
                allow_insecure_auth_secrets: true
                handover: exclusive
                https:
                  enabled: true
                  listen_addr: :2
                  ca_file_path: /ca
                  tls_cert_file_path: /cert
                  tls_key_file_path: /key
                prometheus_cr: {enabled: false, service_monitor_selector: {}}
                """
                    + JOBS))
        .isEqualTo(
            new AllocatorConfig(
                ":1",
                new AllocatorConfig.Https(true, ":2", "/ca", "/cert", "/key"),
                folder.resolve("kubeconfig").toString(),
                "otel",
                "app=collector,tier in (a,b),env notin (test),new,!old",
                List.of(),
                Allocation.Strategy.PER_NODE_OR_ANY,
                Holders.Handover.EXCLUSIVE,
                Duration.ofMinutes(1),
                true));
  }

  @Test
  void selectorsMayBeWrittenInLowerCase() throws IOException {
    String yaml =
        "collector_namespace: o\ncollector_selector: {matchlabels: {a: b}, matchexpressions:"
            + " [{key: c, operator: Exists}]}\n";
    assertThat(settings(yaml + JOBS).selector()).isEqualTo("a=b,c");
  }

  @Test
  void theEnvironmentComesBeforeTheFile() throws IOException {
    environment.put("OTELCOL_NAMESPACE", "mine");
    environment.put("ALLOW_INSECURE_AUTH_SECRETS", "true");
    AllocatorConfig config =
        settings("collector_namespace: o\nallow_insecure_auth_secrets: false\n" + JOBS);
    assertThat(config.namespace()).isEqualTo("mine");
    assertThat(config.insecureSecrets()).isTrue();
  }

  @Test
  void aFixedListNeedsNoNamespace() throws IOException {
    assertThat(settings("collectors: [a, b]\n" + JOBS).collectors()).containsExactly("a", "b");
  }

  @Test
  void theScrapeConfigsAreRead() throws IOException {
    AllocatorConfigReader.Result result =
        read(
            """
            collectors: [a]
            config:
              global: {scrape_interval: 7s}
              scrape_configs:
              - {job_name: x, file_sd_configs: [{files: ['t.json']}]}
            """);
    ScrapeConfig job = result.scraping().configuration().orElseThrow().jobs().get(0);
    assertThat(job.scrapeInterval()).isEqualTo(Duration.ofSeconds(7));
    assertThat(job.sdConfigs().toString()).contains(folder.resolve("t.json").toString());
  }

  @Test
  void unknownFieldsAreErrorsWithPlaceAndNearestName() throws IOException {
    assertThat(problems("collectors: [a]\nlisten_adr: x\nhttps: {ca_file: y}\n" + JOBS))
        .anyMatch(line -> line.matches("ta.yaml:2:1: .*listen_adr.*\"?listen_addr\"?.*"))
        .anyMatch(line -> line.matches("ta.yaml:3:9: .*https.ca_file.*ca_file_path.*"));
    assertThat(problems("collectors: [a]\nconfig: {scrape_config: []}\n"))
        .anyMatch(line -> line.contains("config.scrape_config") && line.contains("scrape_configs"));
  }

  @Test
  void monitorsMayTakeThePlaceOfScrapeConfigs() throws IOException {
    AllocatorConfigReader.Result enabled =
        read("collectors: [a]\nprometheus_cr: {enabled: true, service_monitor_selector: {}}\n");
    assertThat(enabled.scraping().problems()).isEmpty();
    assertThat(enabled.settings()).isPresent();
    assertThat(enabled.readsMonitors()).isTrue();

    assertThat(read("collectors: [a]\n" + JOBS).readsMonitors()).isFalse();
    assertThat(problems("collectors: [a]\nprometheus_cr: {enabled: false}\n"))
        .singleElement()
        .asString()
        .contains("at least one scrape config, or prometheus_cr.enabled");
  }

  @Test
  void anOptionComesBeforeTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("ta.yaml"), "collectors: [a]\n");
    AllocatorConfigReader reader = new AllocatorConfigReader(new ConfigLoader(), environment::get);

    assertThat(reader.readingMonitors(true).read(file).readsMonitors()).isTrue();
    assertThat(reader.readingMonitors(false).read(file).settings()).isEmpty();
  }

  @Test
  void mistakesHaveTheirPlaces() throws IOException {
    assertThat(
            problems(
                """
                allocation_strategy: random
                handover: never
                collectors: [a, a]
                collector_selector: {matchExpressions: [{key: a, operator: Like}]}
                """
                    + JOBS))
        .anyMatch(line -> line.startsWith("ta.yaml:1:22: allocation_strategy: \"random\""))
        .anyMatch(line -> line.startsWith("ta.yaml:2:11: handover: \"never\""))
        .anyMatch(line -> line.startsWith("ta.yaml:3:17: collectors[1]: \"a\""))
        .anyMatch(line -> line.contains("operator: \"Like\""));
    assertThat(problems(JOBS)).anyMatch(line -> line.contains("OTELCOL_NAMESPACE"));
    assertThat(problems("collectors: [a]\n")).anyMatch(line -> line.contains("no job"));
    assertThat(
            problems(
                "collectors: [a]\nconfig: {scrape_configs: [{job_name: ..,"
                    + " static_configs: [{targets: ['h:1']}]}]}\n"))
        .anyMatch(line -> line.contains("HTTP proxies remove \"..\""));
  }

  @Test
  void theLeastWeightedStrategyIsAcceptedWithAWarning() throws IOException {
    String yaml = "collectors: [a]\nallocation_strategy: least-weighted\n" + JOBS;
    assertThat(settings(yaml).strategy()).isEqualTo(Allocation.Strategy.CONSISTENT_HASHING);
    assertThat(problems(yaml)).singleElement().asString().contains("consistent-hashing");
  }
}
