package io.promdisco.monitors.live;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.metrics.Metrics;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.MonitorJob;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.Rejection;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Monitors of a cluster, followed. */
class MonitorFollowerTest {
  private static final String SELECT = "service_monitor_selector: {}, pod_monitor_selector: {}";

  private final ManualTicker ticker = new ManualTicker();
  private final FakeMonitorServer server = new FakeMonitorServer();
  private final Closer closer = new Closer();
  private final List<CompiledMonitors> published = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() {
    closer.close();
  }

  private MonitorFollower follow(String settings) throws Exception {
    return closer.add(
        new MonitorFollower(
            MonitorSettings.of(
                ManifestReader.object(
                    "collector_namespace: m\nprometheus_cr: {enabled: true, " + settings + "}\n")),
            KubernetesSdConfig.builder(KubernetesSdConfig.Role.POD).build(),
            config -> server,
            ticker,
            Metrics.none(),
            published::add));
  }

  private static String serviceMonitor(String name, String more) {
    return "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {namespace: shop,"
        + " name: "
        + name
        + "}, spec: {selector: {}, endpoints: [{port: http"
        + more
        + "}]}}";
  }

  private static String withToken(String name, String secret) {
    return serviceMonitor(
        name, ", authorization: {credentials: {name: \"" + secret + "\", key: token}}");
  }

  private static String podMonitor(String name) {
    return "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {namespace: shop,"
        + " name: "
        + name
        + "}, spec: {selector: {}, podMetricsEndpoints: [{port: http}]}}";
  }

  private static String secret(String name, String token) {
    return "{apiVersion: v1, kind: Secret, metadata: {namespace: shop, name: "
        + name
        + "}, data: {token: "
        + token
        + "}}";
  }

  private List<String> jobs() {
    CompiledMonitors last = published.isEmpty() ? null : published.get(published.size() - 1);
    return last == null ? List.of() : last.jobs().stream().map(MonitorJob::jobName).toList();
  }

  private ScrapeConfig job(String name) {
    return published.get(published.size() - 1).configs().stream()
        .filter(config -> config.jobName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no job " + name));
  }

  private String token(String name) {
    return job(name).httpClient().authorization().orElseThrow().credentials().reveal();
  }

  private List<String> rejections() {
    return published.get(published.size() - 1).rejected().stream()
        .map(Rejection::toString)
        .toList();
  }

  /** Lets broken watches be tried again. */
  private void retry() {
    ticker.advance(Duration.ofSeconds(3));
  }

  @Test
  void jobsFollowResourcesAndThoseOfOthersStayTheSameObjects() throws Exception {
    server.put(serviceMonitor("a", ""));
    MonitorFollower follower = follow(SELECT);
    assertThat(follower.awaitAnswers(Duration.ofSeconds(20))).isTrue();
    assertThat(follower.waitingFor()).isEmpty();
    assertThat(jobs()).containsExactly("serviceMonitor/shop/a/0");
    ScrapeConfig before = job("serviceMonitor/shop/a/0");

    server.put(podMonitor("p"));
    eventually(
        () -> assertThat(jobs()).containsExactly("serviceMonitor/shop/a/0", "podMonitor/shop/p/0"));
    assertThat(job("serviceMonitor/shop/a/0")).isSameAs(before);

    server.put(serviceMonitor("a", ", path: /other"));
    eventually(() -> assertThat(job("serviceMonitor/shop/a/0").metricsPath()).isEqualTo("/other"));

    server.delete("PodMonitor/shop/p");
    eventually(() -> assertThat(jobs()).containsExactly("serviceMonitor/shop/a/0"));
  }

  @Test
  void aKindWithoutDefinitionHasNoMonitorsUntilItIsInstalled() throws Exception {
    server.refuse("podmonitors", 404);
    server.put(serviceMonitor("a", ""));
    server.put(podMonitor("p"));
    MonitorFollower follower = follow(SELECT);

    assertThat(follower.awaitAnswers(Duration.ofSeconds(20))).isTrue();
    assertThat(jobs()).containsExactly("serviceMonitor/shop/a/0");
    assertThat(follower.waitingFor()).isEmpty();
    assertThat(follower.problems())
        .singleElement()
        .asString()
        .startsWith("podmonitors: 404 Not Found: the API server has no podmonitors in monitoring");

    server.accept("podmonitors");
    eventually(
        () -> {
          retry();
          assertThat(jobs()).contains("podMonitor/shop/p/0");
        });
    eventually(() -> assertThat(follower.problems()).isEmpty());
  }

  @Test
  void aMissingRightIsNamedAndTheOtherKindsAreFollowed() throws Exception {
    server.refuse("podmonitors", 403);
    server.put(serviceMonitor("a", ""));
    MonitorFollower follower = follow(SELECT);

    assertThat(follower.awaitAnswers(Duration.ofSeconds(20))).isTrue();
    assertThat(jobs()).containsExactly("serviceMonitor/shop/a/0");
    assertThat(follower.waitingFor())
        .startsWith("monitors: podmonitors: 403 Forbidden to list and watch podmonitors: grant");

    server.accept("podmonitors");
    eventually(
        () -> {
          retry();
          assertThat(follower.waitingFor()).isEmpty();
        });
  }

  @Test
  void whatIsKnownStaysWhenAKindCanNoLongerBeRead() throws Exception {
    server.put(serviceMonitor("a", ""));
    server.put(podMonitor("p"));
    MonitorFollower follower = follow(SELECT);
    follower.awaitAnswers(Duration.ofSeconds(20));

    server.refuse("podmonitors", 403);
    eventually(() -> assertThat(follower.problems()).hasSize(1));
    server.put(serviceMonitor("b", ""));

    eventually(
        () ->
            assertThat(jobs())
                .containsExactly(
                    "serviceMonitor/shop/a/0", "serviceMonitor/shop/b/0", "podMonitor/shop/p/0"));
    assertThat(follower.waitingFor()).isEmpty();
  }

  @Test
  void secretsAreReadWhileAResourceNamesThemAndFollowed() throws Exception {
    server.put(secret("other", "b3RoZXI="));
    server.put(serviceMonitor("a", ""));
    MonitorFollower follower = follow(SELECT);
    follower.awaitAnswers(Duration.ofSeconds(20));
    assertThat(server.watches()).containsExactlyInAnyOrder("servicemonitors", "podmonitors");

    server.put(withToken("b", "auth"));
    eventually(
        () ->
            assertThat(rejections())
                .singleElement()
                .asString()
                .contains("secrets \"auth\" not found"));
    assertThat(server.watches()).contains("secrets shop metadata.name=auth").hasSize(3);

    server.put(secret("auth", "b2xk"));
    eventually(() -> assertThat(token("serviceMonitor/shop/b/0")).isEqualTo("old"));
    server.put(secret("auth", "bmV3"));
    eventually(() -> assertThat(token("serviceMonitor/shop/b/0")).isEqualTo("new"));

    server.delete("ServiceMonitor/shop/b");
    eventually(() -> assertThat(server.watches()).hasSize(2));
  }

  @Test
  void noSecretIsReadOutsideTheNamespacesOfTheSettings() throws Exception {
    server.put(secret("auth", "b2xk"));
    server.put(withToken("a", "auth"));
    MonitorFollower follower = follow(SELECT + ", secret_namespaces: [bank]");
    follower.awaitAnswers(Duration.ofSeconds(20));

    assertThat(rejections()).singleElement().asString().contains("secret_namespaces");
    assertThat(server.watches()).hasSize(2);
  }

  @Test
  void noServerIsAskedForANameThatNoObjectCanHave() throws Exception {
    server.put(withToken("a", "auth,metadata.namespace=bank"));
    MonitorFollower follower = follow(SELECT);
    follower.awaitAnswers(Duration.ofSeconds(20));

    assertThat(rejections()).singleElement().asString().contains("not found");
    assertThat(server.watches()).hasSize(2);
  }

  @Test
  void nothingIsSaidBeforeTheNamedSecretsAreRead() throws Exception {
    server.hang("secrets");
    server.put(withToken("a", "auth"));
    server.put(secret("auth", "b2xk"));
    MonitorFollower follower = follow(SELECT);

    eventually(() -> assertThat(server.watches()).hasSize(3));
    assertThat(follower.waitingFor()).isNotEmpty();
    assertThat(published).isEmpty();

    server.accept("secrets");
    assertThat(follower.awaitAnswers(Duration.ofSeconds(20))).isTrue();
    assertThat(published).hasSize(1);
    assertThat(token("serviceMonitor/shop/a/0")).isEqualTo("old");
  }

  @Test
  void aResourceKeepsItsJobsWhileAnotherSecretIsUnreadAndOthersFollowTheirs() throws Exception {
    server.put(withToken("a", "auth"));
    server.put(secret("auth", "b2xk"));
    MonitorFollower follower = follow(SELECT);
    follower.awaitAnswers(Duration.ofSeconds(20));

    server.hang("secrets");
    server.put(withToken("a", "next"));
    server.put(serviceMonitor("b", ""));
    eventually(
        () ->
            assertThat(jobs())
                .containsExactly("serviceMonitor/shop/a/0", "serviceMonitor/shop/b/0"));
    assertThat(token("serviceMonitor/shop/a/0")).isEqualTo("old");
    assertThat(rejections()).isEmpty();

    server.refuse("secrets", 403);
    eventually(
        () ->
            assertThat(rejections())
                .singleElement()
                .asString()
                .startsWith("servicemonitor/shop/a: DataNotRead: ")
                .contains("403 Forbidden to list and watch secrets in namespace \"shop\""));
    assertThat(token("serviceMonitor/shop/a/0")).isEqualTo("old");

    server.put(secret("next", "bmV3"));
    server.accept("secrets");
    eventually(
        () -> {
          retry();
          assertThat(token("serviceMonitor/shop/a/0")).isEqualTo("new");
        });
    assertThat(rejections()).isEmpty();
  }

  @Test
  void namespacesAreReadWhereTheirLabelsSelect() throws Exception {
    String namespace =
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: TEAM}}}";
    server.put(namespace.replace("TEAM", "a"));
    server.put(serviceMonitor("a", ""));
    MonitorFollower follower =
        follow(SELECT + ", service_monitor_namespace_selector: {matchLabels: {team: b}}");
    follower.awaitAnswers(Duration.ofSeconds(20));
    assertThat(jobs()).isEmpty();
    assertThat(server.watches()).contains("namespaces");

    server.put(namespace.replace("TEAM", "b"));
    eventually(() -> assertThat(jobs()).containsExactly("serviceMonitor/shop/a/0"));
  }

  @Test
  void onlyTheNamespacesAndKindsOfTheSettingsAreRead() throws Exception {
    server.put(serviceMonitor("a", ""));
    MonitorFollower follower =
        follow("service_monitor_selector: {}, allow_namespaces: [shop, bank]");
    follower.awaitAnswers(Duration.ofSeconds(20));

    assertThat(jobs()).containsExactly("serviceMonitor/shop/a/0");
    assertThat(server.watches())
        .containsExactlyInAnyOrder("servicemonitors shop", "servicemonitors bank");
  }

  @Test
  void oneNamespaceCannotHaveAllSecretsFollowed() throws Exception {
    int most = MonitorFollower.MOST_DATA_OF_NAMESPACE;
    for (int i = 0; i <= most; i++) {
      server.put(withToken("m" + i, "s" + i));
    }
    MonitorFollower follower = follow(SELECT);
    assertThat(follower.awaitAnswers(Duration.ofSeconds(20))).isTrue();

    assertThat(server.watches()).hasSize(most + 2);
    assertThat(rejections())
        .hasSize(most + 1)
        .filteredOn(text -> text.contains("DataNotRead"))
        .singleElement()
        .asString()
        .contains("too many Secrets and ConfigMaps (expected: at most 100 in a namespace");

    server.delete("ServiceMonitor/shop/m0");
    eventually(
        () ->
            assertThat(rejections()).hasSize(most).noneMatch(text -> text.contains("DataNotRead")));
  }
}
