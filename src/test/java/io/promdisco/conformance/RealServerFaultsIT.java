package io.promdisco.conformance;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.Promdisco;
import io.promdisco.config.Configuration;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.scrape.PoolView;
import io.promdisco.testing.BreakableForwarder;
import io.promdisco.testing.SkipReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failures of a real API server, and changes of permissions on it. The property {@code
 * promdisco.realcluster} names the program that runs one.
 */
@EnabledIfSystemProperty(
    named = "promdisco.realcluster",
    matches = ".+",
    disabledReason = SkipReason.API_SERVER)
@TestMethodOrder(MethodOrderer.MethodName.class)
class RealServerFaultsIT {
  private static final String ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";

  /** The resources that each role needs to read, as {@code group/resource}. */
  private static final Map<String, List<String>> LEAST = new LinkedHashMap<>();

  static {
    LEAST.put("node", List.of("/nodes"));
    LEAST.put("pod", List.of("/pods"));
    LEAST.put("service", List.of("/services"));
    LEAST.put("endpoints", List.of("/endpoints", "/services", "/pods"));
    LEAST.put("endpointslice", List.of("discovery.k8s.io/endpointslices", "/services", "/pods"));
    LEAST.put("ingress", List.of("networking.k8s.io/ingresses"));
  }

  @TempDir private static Path folder = Path.of("");
  private static RestartableCluster cluster;
  private static BreakableForwarder gate;

  @BeforeAll
  static void start() throws Exception {
    Files.createDirectories(folder.resolve("data"));
    cluster =
        new RestartableCluster(
            Path.of(System.getProperty("promdisco.realcluster")), folder.resolve("data"));
    gate = new BreakableForwarder(cluster.port);
    fill();
    for (String name : List.of("kubeconfig", "kubeconfig-cert")) {
      Files.writeString(folder.resolve(name), cluster.kubeconfig(name, gate.port()));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (gate != null) {
      gate.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  private static void fill() throws Exception {
    cluster.ask(
        "POST",
        "/api/v1/nodes",
        "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"}}");
    cluster.ask(
        "PATCH",
        "/api/v1/nodes/n1/status",
        "{\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"127.0.1.1\"}]}}");
    cluster.pod("first", "127.0.2.1", "web");
    cluster.ask(
        "POST",
        "/api/v1/namespaces/default/services",
        """
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"ports":[{"port":80}]}}
        """);
    cluster.ask(
        "POST",
        "/api/v1/namespaces/default/endpoints",
        """
        {"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"},
         "subsets":[{"addresses":[{"ip":"10.9.0.1"}],"ports":[{"port":80}]}]}
        """);
    cluster.ask(
        "POST",
        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
        """
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
         "metadata":{"name":"web-1","labels":{"kubernetes.io/service-name":"web"}},
         "endpoints":[{"addresses":["10.9.0.1"]}],"ports":[{"name":"","port":80}]}
        """);
    cluster.ask(
        "POST",
        "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
        """
        {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web"},
         "spec":{"rules":[{"host":"a.example"}]}}
        """);
  }

  private static Configuration load(String jobs) {
    var result =
        new ConfigLoader()
            .read(
                "config.yml",
                ("scrape_configs:\n" + jobs).getBytes(StandardCharsets.UTF_8),
                folder);
    return result.configuration().orElseThrow(() -> new AssertionError(result.problems()));
  }

  /** Jobs of roles with the token of a file. */
  private static Configuration withToken(Set<String> roles) {
    return load(
        roles.stream()
            .map(
                role ->
                    """
                    - job_name: %s
                      kubernetes_sd_configs:
                      - role: %s
                        api_server: https://127.0.0.1:%d
                        bearer_token_file: token
                        tls_config: {ca_file: '%s'}
                    """
                        .formatted(role, role, gate.port(), cluster.authority()))
            .collect(Collectors.joining()));
  }

  /** A job with the token and one with the client certificate. */
  private static Configuration podsWithKubeconfigs() {
    return load(
        """
        - job_name: token
          kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
        - job_name: certificate
          kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig-cert}]
        """);
  }

  private static Set<String> addresses(PoolView pool) {
    return pool.activeTargets().stream()
        .map(target -> target.labels().getOrEmpty("instance"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Waits until every job has these targets. */
  private static void sees(Promdisco promdisco, String... expected) {
    eventually(() -> assertSees(promdisco, expected));
  }

  private static void assertSees(Promdisco promdisco, String... expected) {
    assertThat(promdisco.pools())
        .isNotEmpty()
        .allSatisfy(pool -> assertThat(addresses(pool)).containsExactlyInAnyOrder(expected));
  }

  private static void fails(Promdisco promdisco, String... parts) {
    eventually(
        () ->
            assertThat(promdisco.providers())
                .flatExtracting(ProviderStatus::failures)
                .anySatisfy(failure -> assertThat(failure.toString()).contains(parts)));
  }

  private static void works(Promdisco promdisco) {
    eventually(
        () -> assertThat(promdisco.providers()).flatExtracting(ProviderStatus::failures).isEmpty());
  }

  /**
   * Creates a service account with the permissions for one role, and writes its token into the
   * file.
   */
  private static void account(String name, Set<String> resources) throws Exception {
    cluster.ask(
        "POST",
        ACCOUNTS,
        "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\""
            + name
            + "\"}}");
    String rules =
        resources.stream()
            .map(resource -> resource.split("/", 2))
            .map(
                parts ->
                    """
                    {"apiGroups":["%s"],"resources":["%s"],"verbs":["list","watch"]}
                    """
                        .formatted(parts[0], parts[1]))
            .collect(Collectors.joining(","));
    cluster.ask(
        "POST",
        RBAC + "/clusterroles",
        """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole",
         "metadata":{"name":"%s"},"rules":[%s]}
        """
            .formatted(name, rules));
    bind(name);
    writeToken(name);
  }

  private static void bind(String name) throws Exception {
    cluster.ask(
        "POST",
        RBAC + "/clusterrolebindings",
        """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",
         "metadata":{"name":"%s"},
         "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"%s"},
         "subjects":[{"kind":"ServiceAccount","name":"%s","namespace":"default"}]}
        """
            .formatted(name, name, name));
  }

  private static String writeToken(String name) throws Exception {
    String token =
        cluster
            .ask(
                "POST",
                ACCOUNTS + "/" + name + "/token",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}")
            .at("/status/token")
            .asText();
    Files.writeString(folder.resolve("token"), token);
    return token;
  }

  /** Waits until the server answers like this for a token; it caches the result for ten seconds. */
  private static void codeOf(String token, int code) {
    eventually(
        () -> {
          int found;
          try {
            found = cluster.sendAs(token, "GET", "/api/v1/pods", "").statusCode();
          } catch (IOException e) {
            throw new AssertionError("no answer", e);
          }
          assertThat(found).isEqualTo(code);
        });
  }

  @Test
  void aTheLeastRightsAreEnoughAndOneThatIsMissingIsNamed() throws Exception {
    Set<String> all = new TreeSet<>();
    LEAST.values().forEach(all::addAll);
    account("least", all);
    codeOf(Files.readString(folder.resolve("token")), 200);
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(withToken(LEAST.keySet()));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(30))).isTrue();
      works(promdisco);
      assertThat(promdisco.pools()).hasSize(6);
      for (PoolView pool : promdisco.pools()) {
        assertThat(pool.activeTargets()).as(pool.job()).isNotEmpty();
      }
    }
    all.remove("/services");
    account("less", all);
    codeOf(Files.readString(folder.resolve("token")), 200);
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(withToken(Set.of("service", "pod")));
      fails(promdisco, "403", "verbs [list, watch] on resource \"services\"");
      eventually(() -> assertThat(promdisco.pool("pod").orElseThrow().activeTargets()).hasSize(1));
    }
  }

  @Test
  void bRevokedAndRestoredPermissions() throws Exception {
    account("moody", Set.of("/pods"));
    String token = Files.readString(folder.resolve("token"));
    codeOf(token, 200);
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(withToken(Set.of("pod")));
      sees(promdisco, "127.0.2.1:80");

      cluster.ask("DELETE", RBAC + "/clusterrolebindings/moody", "");
      codeOf(token, 403);
      gate.drop();
      fails(promdisco, "403", "pods");
      sees(promdisco, "127.0.2.1:80");

      cluster.pod("second", "127.0.2.2", "web");
      bind("moody");
      sees(promdisco, "127.0.2.1:80", "127.0.2.2:80");
      works(promdisco);
    }
  }

  @Test
  void cRevokedTokenThatIsRenewedInItsFile() throws Exception {
    account("passing", Set.of("/pods"));
    String token = Files.readString(folder.resolve("token"));
    codeOf(token, 200);
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(withToken(Set.of("pod")));
      sees(promdisco, "127.0.2.1:80", "127.0.2.2:80");

      cluster.ask("DELETE", ACCOUNTS + "/passing", "");
      codeOf(token, 401);
      gate.drop();
      fails(promdisco, "401 Unauthorized");
      cluster.deletePod("second");
      sees(promdisco, "127.0.2.1:80", "127.0.2.2:80");

      cluster.ask(
          "POST",
          ACCOUNTS,
          "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"passing\"}}");
      writeToken("passing");
      sees(promdisco, "127.0.2.1:80");
      works(promdisco);
    }
  }

  @Test
  void dServerRestartedAfterChangesAndCompactionSoThatTheWatchIsGone() throws Exception {
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(podsWithKubeconfigs());
      sees(promdisco, "127.0.2.1:80");
      String before = cluster.version();

      gate.shut();
      cluster.pod("third", "127.0.2.3", "web");
      cluster.deletePod("first");
      cluster.compact(cluster.version());
      cluster.kill();
      cluster.start();
      cluster.pod("fourth", "127.0.2.4", "web");
      String watch = "/api/v1/pods?watch=1&timeoutSeconds=1&resourceVersion=" + before;
      assertThat(cluster.send("GET", watch, "").body()).contains("410");
      fails(promdisco, "127.0.0.1:" + gate.port());
      assertSees(promdisco, "127.0.2.1:80");

      long back = System.nanoTime();
      gate.open();
      sees(promdisco, "127.0.2.3:80", "127.0.2.4:80");
      long millis = Duration.ofNanos(System.nanoTime() - back).toMillis();
      System.out.println("real API server back: as a fresh start after " + millis + " ms");
      assertThat(millis).isLessThan(6_000);
      works(promdisco);
    }
  }

  @Test
  void eReplacedCaAndCertificates() throws Exception {
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(podsWithKubeconfigs());
      sees(promdisco, "127.0.2.3:80", "127.0.2.4:80");
      String old = Files.readString(cluster.authority());

      gate.shut();
      cluster.kill();
      cluster.forgetAuthority();
      cluster.start();
      assertThat(Files.readString(cluster.authority())).isNotEqualTo(old);
      cluster.deletePod("third");
      gate.open();

      sees(promdisco, "127.0.2.4:80");
      works(promdisco);
    }
  }

  @Test
  void fTwoHundredWatchesOpenedAndClosed() throws IOException, InterruptedException {
    StringBuilder jobs = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      jobs.append(
          """
          - job_name: job-%d
            kubernetes_sd_configs:
            - role: pod
              kubeconfig_file: kubeconfig
              selectors: [{role: pod, label: 'app=app-%d'}]
          """
              .formatted(i, i));
    }
    cluster.pod("chosen", "127.0.2.9", "app-77");
    try (Promdisco promdisco = Promdisco.builder().build()) {
      promdisco.apply(load(jobs.toString()));
      assertThat(promdisco.awaitSynced(Duration.ofSeconds(60))).isTrue();
      assertThat(promdisco.pools())
          .filteredOn(pool -> !pool.activeTargets().isEmpty())
          .extracting(PoolView::job)
          .containsExactly("job-77");
      assertThat(addresses(promdisco.pool("job-77").orElseThrow())).containsExactly("127.0.2.9:80");
      assertThat(gate.connections()).as("one for each watch").isEqualTo(200);

      promdisco.apply(load("- job_name: none\n"));
      eventually(() -> assertThat(gate.connections()).isZero());
    }
  }
}
