package io.promdisco.providers.kubernetes.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.AccessReview;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.TestProxy;
import io.promdisco.testing.TestProxy.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which proxy is used for an API server: the same as with client-go. */
@SuppressWarnings("NullAway.Init") // Before each test.
class ProxiesOfClustersTest {
  private static final String LIST =
      "{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"5\"},"
          + " \"items\": []}";
  private static final String REVIEW =
      "{\"apiVersion\": \"authorization.k8s.io/v1\", \"kind\": \"SelfSubjectAccessReview\","
          + " \"spec\": {}, \"status\": {\"allowed\": true}}";

  @TempDir private Path folder;
  private final ManualTicker ticker = new ManualTicker();
  private Certificates certificates;
  private FakeServer api;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    certificates =
        Certificates.authority("ca")
            .issue(Certificates.Content.of("api", "EC", "dns:api.example,ip:127.0.0.1"));
    api =
        FakeServer.start(
            certificates.server(),
            exchange ->
                FakeServer.send(
                    exchange,
                    exchange.getRequestMethod().equals("POST") ? 201 : 200,
                    "application/json",
                    (exchange.getRequestMethod().equals("POST") ? REVIEW : LIST).getBytes(UTF_8)));
    use(Kind.HTTP);
  }

  private void use(Kind kind) throws Exception {
    if (proxy != null) {
      proxy.close();
    }
    proxy =
        TestProxy.start(kind, api.port(), kind == Kind.HTTPS ? certificates.server() : null)
            .user("me:s3cret");
  }

  @AfterEach
  void close() {
    proxy.close();
    api.close();
  }

  private KubernetesSdConfig kubeconfig(String clusterFields) throws Exception {
    String ca = Base64.getEncoder().encodeToString(certificates.authority().getBytes(UTF_8));
    Path file =
        Files.writeString(
            folder.resolve("config"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: "https://api.example:6443", %s
              certificate-authority-data: %s}}]
            users: [{name: u, user: {token: t0ken}}]
            """
                .formatted(clusterFields, ca));
    return KubernetesSdConfig.builder(Role.POD).kubeconfigFile(file.toString()).build();
  }

  private ResourceClient open(KubernetesSdConfig config, Map<String, String> env) throws Exception {
    return new ApiServerClientFactory(ticker, env, folder).open(config);
  }

  private void lists(KubernetesSdConfig config, Map<String, String> env) throws Exception {
    int before = api.requests.size();
    try (ResourceClient client = open(config, env)) {
      assertThat(client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {}).resourceVersion())
          .isEqualTo("5");
    }
    assertThat(api.requests).hasSize(before + 1);
  }

  private void doesNotReach(KubernetesSdConfig config, Map<String, String> env) throws Exception {
    try (ResourceClient client = open(config, env)) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {}))
          .withMessageContaining("unknown host api.example");
    }
    assertThat(proxy.heads).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aKubeconfigNamesItsProxy(Kind kind) throws Exception {
    use(kind);
    lists(kubeconfig("proxy-url: '" + proxy.url("me:s3cret") + "',"), Map.of());
    assertThat(proxy.heads).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theEnvironmentNamesTheProxyOfAKubeconfigWithoutOne(Kind kind) throws Exception {
    use(kind);
    String url = proxy.url("me:s3cret");
    lists(kubeconfig(""), Map.of("HTTPS_PROXY", url));
    lists(kubeconfig(""), Map.of("https_proxy", url, "NO_PROXY", "other.example,api.example:443"));
    assertThat(proxy.heads).hasSize(2);
  }

  @Test
  void theProxyOfTheKubeconfigCountsMoreThanThatOfTheEnvironment() throws Exception {
    lists(
        kubeconfig("proxy-url: '" + proxy.url("me:s3cret") + "',"),
        Map.of("HTTPS_PROXY", "http://127.0.0.1:1", "NO_PROXY", "*"));
  }

  @Test
  void noProxyTakesServersOut() throws Exception {
    String url = proxy.url("me:s3cret");
    for (String except : new String[] {"api.example", ".example", "*.example:6443", "x, *"}) {
      doesNotReach(kubeconfig(""), Map.of("HTTPS_PROXY", url, "NO_PROXY", except));
    }
    doesNotReach(
        kubeconfig(""), Map.of("HTTP_PROXY", url)); // Proxies that are set for other servers.
  }

  @Test
  void theEnvironmentNamesTheProxyInACluster() throws Exception {
    Files.writeString(folder.resolve("token"), "t0ken");
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    Map<String, String> env =
        Map.of(
            "KUBERNETES_SERVICE_HOST", "api.example",
            "KUBERNETES_SERVICE_PORT", "443",
            "HTTPS_PROXY", proxy.url("me:s3cret"));
    lists(KubernetesSdConfig.builder(Role.POD).build(), env);
    assertThat(proxy.heads.get(0)).startsWith("CONNECT api.example:443 HTTP/1.1\r\n");
    assertThat(api.requests.get(0).header("Authorization")).isEqualTo("Bearer t0ken");
  }

  @Test
  void theEnvironmentDoesNotCountForAnApiServerOfTheConfiguration() throws Exception {
    HttpClientConfig http =
        HttpClientConfig.builder()
            .tls(TlsConfig.builder().ca(certificates.authority()).build())
            .build();
    doesNotReach(
        KubernetesSdConfig.builder(Role.POD).apiServer("https://api.example").http(http).build(),
        Map.of("HTTPS_PROXY", proxy.url("me:s3cret")));
  }

  @Test
  void anAccessReviewGoesThroughAnHttpProxyAndNamesOthers() throws Exception {
    proxy.user(""); // The JVM of the tests does not allow passwords for tunnels.
    try (ResourceClient client =
        open(kubeconfig("proxy-url: '" + proxy.url("") + "',"), Map.of())) {
      assertThat(((AccessReview) client).allows("list", Resource.PODS, "")).isTrue();
    }
    assertThat(proxy.heads.get(0)).startsWith("CONNECT api.example:6443 HTTP/1.1\r\n");
    FakeServer.Request asked = api.requests.get(0);
    assertThat(asked.header("Authorization")).isEqualTo("Bearer t0ken");
    assertThat(asked.body()).contains("\"verb\":\"list\"", "\"resource\":\"pods\"");
    try (ResourceClient client =
        open(kubeconfig("proxy-url: 'socks5://u:s3cret@127.0.0.1:1',"), Map.of())) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> ((AccessReview) client).allows("list", Resource.PODS, ""))
          .withMessage(
              "the proxy 127.0.0.1:1: it cannot be used for this request (expected: a proxy of"
                  + " scheme http)");
    }
  }
}
