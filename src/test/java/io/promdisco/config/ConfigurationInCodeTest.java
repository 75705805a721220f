package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.HttpClientConfig.Authorization;
import io.promdisco.config.HttpClientConfig.BasicAuth;
import io.promdisco.config.HttpClientConfig.Header;
import io.promdisco.config.HttpClientConfig.OAuth2;
import io.promdisco.config.HttpClientConfig.ProxyConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.model.Labels;
import io.promdisco.model.NameValidation;
import io.promdisco.model.TargetGroup;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.Relabeler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations in code have the same checks and defaults as those from files. */
class ConfigurationInCodeTest {
  private static final Secret SECRET = new Secret("s");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static ScrapeConfig.Builder job() {
    return ScrapeConfig.builder("web");
  }

  private static HttpClientConfig.Builder http() {
    return HttpClientConfig.builder();
  }

  private static ConfigLoader.LoadResult read(String file) {
    return new ConfigLoader().read("p.yml", file.getBytes(StandardCharsets.UTF_8), Path.of(""));
  }

  /** The same mistake in a file and in code. */
  static Stream<Arguments> mistakes() {
    return Stream.of(
        both(
            "scrape_interval: 5s, scrape_timeout: 6s",
            "scrape_timeout",
            () ->
                job()
                    .scrapeInterval(Duration.ofSeconds(5))
                    .scrapeTimeout(Duration.ofSeconds(6))
                    .build()),
        both(
            "scrape_protocols: []",
            "scrape_protocols",
            () -> job().scrapeProtocols(List.of()).build()),
        both(
            "scrape_protocols: [PrometheusText0.0.4, PrometheusText0.0.4]",
            "scrape_protocols[1]",
            () ->
                job()
                    .scrapeProtocols(
                        List.of(
                            ScrapeProtocol.PROMETHEUS_TEXT_0_0_4,
                            ScrapeProtocol.PROMETHEUS_TEXT_0_0_4))
                    .build()),
        both(
            "metric_name_validation_scheme: legacy, metric_name_escaping_scheme: allow-utf-8",
            "metric_name_escaping_scheme",
            () ->
                job()
                    .nameValidation(NameValidation.LEGACY)
                    .metricNameEscaping(NameEscaping.ALLOW_UTF_8)
                    .build()),
        both(
            "basic_auth: {username: u, username_file: f}",
            "basic_auth",
            () -> http().basicAuth(new BasicAuth("u", "f", Secret.NONE, "")).build()),
        both(
            "basic_auth: {password: s, password_file: f}",
            "basic_auth",
            () -> http().basicAuth(new BasicAuth("", "", SECRET, "f")).build()),
        both(
            "authorization: {credentials: s, credentials_file: f}",
            "authorization",
            () -> http().authorization(new Authorization("Bearer", SECRET, "f")).build()),
        both(
            "authorization: {type: Basic, credentials: s}",
            "authorization.type",
            () -> http().authorization(new Authorization("Basic", SECRET, "")).build()),
        both(
            "authorization: {credentials: s}, basic_auth: {username: u}",
            "basic_auth",
            () -> http().bearerToken(SECRET).basicAuth("u", Secret.NONE).build()),
        both(
            "oauth2: {token_url: 'http://t'}",
            "oauth2",
            () -> http().oauth2(OAuth2.builder("", "http://t").build()).build()),
        both(
            "oauth2: {client_id: c}",
            "oauth2",
            () -> http().oauth2(OAuth2.builder("c", "").build()).build()),
        both(
            "oauth2: {client_id: c, token_url: 'http://t', client_secret: s, client_secret_file:"
                + " f}",
            "oauth2",
            () ->
                http()
                    .oauth2(
                        OAuth2.builder("c", "http://t")
                            .clientSecret(SECRET)
                            .clientSecretFile("f")
                            .build())
                    .build()),
        both(
            "oauth2: {client_id: c, token_url: 'http://t', tls_config: {min_version: TLS9}}",
            "oauth2.tls_config.min_version",
            () ->
                http()
                    .oauth2(
                        OAuth2.builder("c", "http://t")
                            .tls(TlsConfig.builder().minVersion("TLS9").build())
                            .build())
                    .build()),
        both(
            "tls_config: {ca: a, ca_file: f}",
            "tls_config.ca",
            () -> http().tls(TlsConfig.builder().ca("a").caFile("f").build()).build()),
        both(
            "tls_config: {cert: c}",
            "tls_config",
            () ->
                http()
                    .tls(TlsConfig.builder().clientCertificate("c", Secret.NONE).build())
                    .build()),
        both(
            "tls_config: {key: s}",
            "tls_config",
            () -> http().tls(TlsConfig.builder().clientCertificate("", SECRET).build()).build()),
        both(
            "proxy_url: 'http://a:b'",
            "proxy_url",
            () -> http().proxy(ProxyConfig.at("http://a:b")).build()),
        both(
            "no_proxy: a",
            "no_proxy",
            () -> http().proxy(new ProxyConfig("", "a", false, Map.of())).build()),
        both(
            "proxy_url: 'http://a', proxy_from_environment: true",
            "proxy_url",
            () -> http().proxy(new ProxyConfig("http://a", "", true, Map.of())).build()),
        both(
            "http_headers: {Host: {values: [a]}}",
            "http_headers.Host",
            () -> http().header("Host", "a").build()),
        both(
            "static_configs: [{targets: ['http://a']}]",
            "static_configs[0].targets[0]",
            () -> job().staticTargets("http://a").build()),
        both(
            "static_configs: [{targets: [a], labels: {'': x}}]",
            "static_configs[0].labels",
            () ->
                job()
                    .sdConfig(
                        new StaticSdConfig(
                            List.of(
                                new TargetGroup(
                                    "0",
                                    List.of(Labels.of("__address__", "a")),
                                    Labels.of("", "x")))))
                    .build()),
        both(
            "http_sd_configs: [{url: 'ftp://a/b'}]",
            "http_sd_configs[0].url",
            () ->
                job()
                    .sdConfig(new HttpSdConfig("ftp://a/b", HttpClientConfig.DEFAULT, MINUTE))
                    .build()),
        both(
            "http_sd_configs: [{url: ''}]",
            "http_sd_configs[0].url",
            () -> job().sdConfig(new HttpSdConfig("", HttpClientConfig.DEFAULT, MINUTE)).build()),
        both(
            "file_sd_configs: [{files: []}]",
            "file_sd_configs[0].files",
            () -> job().sdConfig(new FileSdConfig(List.of(), MINUTE)).build()),
        both(
            "file_sd_configs: [{files: [a.txt]}]",
            "file_sd_configs[0].files[0]",
            () -> job().sdConfig(new FileSdConfig(List.of("a.txt"), MINUTE)).build()),
        both(
            "dns_sd_configs: [{names: []}]",
            "dns_sd_configs[0].names",
            () ->
                job()
                    .sdConfig(new DnsSdConfig(List.of(), DnsSdConfig.Type.SRV, 0, MINUTE))
                    .build()),
        both(
            "dns_sd_configs: [{names: [a], type: A}]",
            "dns_sd_configs[0].port",
            () ->
                job()
                    .sdConfig(new DnsSdConfig(List.of("a"), DnsSdConfig.Type.A, 0, MINUTE))
                    .build()),
        both(
            "kubernetes_sd_configs: [{role: pod, api_server: 'http://a', kubeconfig_file: k}]",
            "kubernetes_sd_configs[0].kubeconfig_file",
            () ->
                KubernetesSdConfig.builder(Role.POD)
                    .apiServer("http://a")
                    .kubeconfigFile("k")
                    .build()),
        both(
            "kubernetes_sd_configs: [{role: pod, bearer_token: t}]",
            "kubernetes_sd_configs[0]",
            () ->
                KubernetesSdConfig.builder(Role.POD)
                    .http(http().bearerToken(SECRET).build())
                    .build()),
        both(
            "kubernetes_sd_configs: [{role: pod, selectors: [{role: service, label: a}]}]",
            "kubernetes_sd_configs[0].selectors[0]",
            () -> KubernetesSdConfig.builder(Role.POD).selector(Role.SERVICE, "a", "").build()),
        both(
            "kubernetes_sd_configs: [{role: pod, selectors: [{role: pod, label: '=='}]}]",
            "kubernetes_sd_configs[0].selectors[0].label",
            () -> KubernetesSdConfig.builder(Role.POD).selector(Role.POD, "==", "").build()),
        both(
            "relabel_configs: [{action: hashmod, target_label: a}]",
            "relabel_configs[0].modulus",
            () ->
                RelabelRule.builder().action(RelabelRule.Action.HASHMOD).targetLabel("a").build()),
        both(
            "relabel_configs: [{regex: '(', target_label: a}]",
            "relabel_configs[0].regex",
            () -> RelabelRule.builder().regex("(").targetLabel("a").build()));
  }

  private static Arguments both(String yaml, String field, Executable code) {
    return Arguments.of(yaml, field, code);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void aMistakeHasTheSameMessageAsInAFile(String yaml, String field, Executable code) {
    ConfigLoader.LoadResult result = read("scrape_configs: [{job_name: web, " + yaml + "}]");
    List<Problem> errors =
        result.problems().stream()
            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
            .filter(problem -> problem.kind() != ProblemKind.MISSING_FILE)
            .toList();
    assertThat(errors).hasSize(1);
    assertThat(errors.get(0).path()).isEqualTo("scrape_configs[0]." + field);
    assertThatThrownBy(code::execute)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(": ")
        .hasMessageContaining(errors.get(0).message());
  }

  @Test
  void theMessageNamesJobAndField() {
    assertThatThrownBy(
            () ->
                job()
                    .scrapeInterval(Duration.ofSeconds(5))
                    .scrapeTimeout(Duration.ofSeconds(6))
                    .sampleLimit(-1)
                    .build())
        .hasMessage(
            """
            job "web": scrape_timeout: scrape timeout greater than scrape interval for scrape \
            config with job name "web" (expected: at most 5s)
            job "web": sample_limit: -1 (expected: 0 or more)\
            """);
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void settingsThatAFileCannotExpressAreRefusedToo() {
    refused(() -> ScrapeConfig.builder("").build(), "job_name");
    refused(() -> job().scrapeInterval(Duration.ZERO).build(), "scrape_interval");
    refused(() -> job().scrapeInterval(Duration.ofSeconds(-1)).build(), "scrape_interval");
    refused(() -> job().scrapeTimeout(Duration.ZERO).build(), "scrape_timeout");
    refused(() -> job().scrapeTimeout(Duration.ofNanos(1)).build(), "scrape_timeout");
    refused(() -> job().scheme("ftp").build(), "scheme");
    refused(() -> job().nativeHistogramMinBucketFactor(Double.NaN).build(), "factor");
    refused(() -> job().sdConfigs(Collections.singletonList(null)).build(), "sd_configs[0]: null");
    refused(
        () -> job().relabelRules(Arrays.asList((RelabelRule) null)).build(),
        "relabel_configs[0]: null");
    refused(
        () ->
            job()
                .sdConfig(new HttpSdConfig("http://a", HttpClientConfig.DEFAULT, Duration.ZERO))
                .build(),
        "http_sd_configs[0].refresh_interval");
    refused(
        () ->
            job()
                .nameValidation(NameValidation.LEGACY)
                .relabelRules(List.of(RelabelRule.builder().targetLabel("a.b").build()))
                .build(),
        "relabel_configs[0]");
    refused(
        () ->
            RelabelRule.builder().nameValidation(NameValidation.LEGACY).targetLabel("a.b").build(),
        "target_label");
    TargetGroup group =
        new TargetGroup("0", List.of(Labels.of("__address__", "a:1")), Labels.EMPTY);
    refused(
        () -> job().sdConfig(new StaticSdConfig(List.of(group, group))).build(), "is used twice");
    assertThatThrownBy(() -> job().httpClient(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> ScrapeConfig.builder(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void twoJobsOfOneNameAreRefused() {
    ScrapeConfig web = job().build();
    refused(
        () -> Configuration.of(web, web),
        "job \"web\": job_name: found multiple scrape configs with job name \"web\"");
    refused(() -> Configuration.of(Collections.singletonList(null)), "scrape_configs[0]: null");
    assertThat(Configuration.of(web).jobs()).containsExactly(web);
  }

  private static void refused(Executable code, String part) {
    assertThatThrownBy(code::execute)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }

  @Test
  void theDefaultsAreThoseOfAFile() {
    ConfigLoader.LoadResult result = read("scrape_configs: [{job_name: web}]");
    assertThat(result.configuration().orElseThrow().jobs()).containsExactly(job().build());
    ConfigLoader.LoadResult other =
        read(
            "scrape_configs: [{job_name: web, scrape_interval: 5s, scrape_native_histograms: true,"
                + " metric_name_validation_scheme: legacy}]");
    assertThat(other.configuration().orElseThrow().jobs())
        .containsExactly(
            job()
                .scrapeInterval(Duration.ofSeconds(5))
                .scrapeNativeHistograms(true)
                .nameValidation(NameValidation.LEGACY)
                .build());
  }

  @Test
  void aJobOfAFileHasAllThatAScrapeNeeds() {
    String file =
        """
        global: {sample_limit: 7, body_size_limit: 1KB}
        scrape_configs:
        - job_name: web
          honor_labels: true
          honor_timestamps: false
          track_timestamps_staleness: true
          params: {a: [b, c]}
          scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0]
          fallback_scrape_protocol: PrometheusText0.0.4
          enable_compression: false
          label_limit: 1
          label_name_length_limit: 2
          label_value_length_limit: 18446744073709551615
          target_limit: 4
          keep_dropped_targets: 5
          native_histogram_bucket_limit: 6
          native_histogram_min_bucket_factor: 1.5
          extra_scrape_metrics: true
          scrape_failure_log_file: failures.log
          metric_name_escaping_scheme: dots
          scrape_native_histograms: true
          always_scrape_classic_histograms: true
          convert_classic_histograms_to_nhcb: true
          follow_redirects: false
          basic_auth: {username: u, password_file: pw}
          tls_config: {ca_file: ca.pem, insecure_skip_verify: true}
          proxy_url: http://p:1
          http_headers: {X-A: {values: [a], secrets: [b], files: [c]}}
          metric_relabel_configs: [{source_labels: [__name__], regex: go_.*, action: drop}]
        """;
    ScrapeConfig job =
        new ConfigLoader()
            .read("p.yml", file.getBytes(StandardCharsets.UTF_8), Path.of("/etc/p"))
            .configuration()
            .orElseThrow()
            .jobs()
            .get(0);
    ScrapeConfig built =
        job()
            .honorLabels(true)
            .honorTimestamps(false)
            .trackTimestampsStaleness(true)
            .param("a", "b", "c")
            .scrapeProtocols(
                List.of(ScrapeProtocol.PROMETHEUS_PROTO, ScrapeProtocol.OPEN_METRICS_TEXT_1_0_0))
            .fallbackScrapeProtocol(ScrapeProtocol.PROMETHEUS_TEXT_0_0_4)
            .enableCompression(false)
            .sampleLimit(7)
            .bodySizeLimit(1024)
            .labelLimit(1)
            .labelNameLengthLimit(2)
            .labelValueLengthLimit(Long.MAX_VALUE)
            .targetLimit(4)
            .keepDroppedTargets(5)
            .nativeHistogramBucketLimit(6)
            .nativeHistogramMinBucketFactor(1.5)
            .extraScrapeMetrics(true)
            .scrapeFailureLogFile("/etc/p/failures.log")
            .metricNameEscaping(NameEscaping.DOTS)
            .scrapeNativeHistograms(true)
            .alwaysScrapeClassicHistograms(true)
            .convertClassicHistogramsToNhcb(true)
            .httpClient(
                http()
                    .followRedirects(false)
                    .basicAuth(new BasicAuth("u", "", Secret.NONE, "/etc/p/pw"))
                    .tls(
                        TlsConfig.builder()
                            .caFile("/etc/p/ca.pem")
                            .insecureSkipVerify(true)
                            .build())
                    .proxy(ProxyConfig.at("http://p:1"))
                    .header(
                        "X-A",
                        new Header(List.of("a"), List.of(new Secret("b")), List.of("/etc/p/c")))
                    .build())
            .metricRelabelRules(
                List.of(
                    RelabelRule.builder()
                        .sourceLabels("__name__")
                        .regex("go_.*")
                        .action(RelabelRule.Action.DROP)
                        .build()))
            .build();
    assertThat(job).hasToString(built.toString()).isEqualTo(built).hasSameHashCodeAs(built);
    assertThat(job.toBuilder().build()).isEqualTo(job);
    assertThat(job.acceptHeader())
        .isEqualTo(
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                + "encoding=delimited;q=0.7,"
                + "application/openmetrics-text;version=1.0.0;escaping=dots;q=0.6,*/*;q=0.5");
    Relabeler relabeler = new Relabeler(job.metricRelabelRules());
    assertThat(relabeler.apply(Labels.of("__name__", "go_gc", "a", "b"))).isEmpty();
    assertThat(relabeler.apply(Labels.of("__name__", "up", "a", "b")))
        .contains(Labels.of("__name__", "up", "a", "b"));
  }

  @Test
  void anotherIntervalKeepsTheDefaultTimeoutADefault() {
    ScrapeConfig job = job().build();
    assertThat(job.toBuilder().scrapeInterval(Duration.ofSeconds(2)).build().scrapeTimeout())
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void nothingShowsASecret() {
    ScrapeConfig job =
        job().httpClient(http().basicAuth("u", new Secret("hidden")).build()).build();
    assertThat(job.toString()).contains("<secret>").doesNotContain("hidden");
    assertThat(job.httpClient().basicAuth().orElseThrow().password().reveal()).isEqualTo("hidden");
  }
}
