package io.promdisco.providers.kubernetes.client;

import static io.promdisco.testing.FakeServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.TestProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kubeconfigs that users reported, in {@code src/test/conformance/reports}, are read as client-go
 * reads them.
 */
class ReportedKubeconfigsTest {
  private static final Path REPORTS = Path.of("src/test/conformance/reports/kubernetes/kubeconfig");
  private static final String LIST =
      "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}}";

  private static Certificates certificates;

  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.make("EC", "ip:127.0.0.1,dns:api.internal.invalid");
  }

  @BeforeEach
  void writeFilesBesideTheKubeconfig() throws Exception {
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    Files.copy(
        REPORTS.resolve("plug.sh"),
        folder.resolve("plug.sh"),
        StandardCopyOption.COPY_ATTRIBUTES,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void impersonationIsSentWithEscapedKeys() throws Exception {
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST))) {
      list("imp", Map.of("https://127.0.0.1:18443", api.url()));

      FakeServer.Request request = api.requests.get(0);
      assertThat(request.header("Authorization")).isEqualTo("Bearer abc");
      assertThat(request.header("Impersonate-User")).isEqualTo("jane");
      assertThat(request.header("Impersonate-Uid")).isEqualTo("7");
      assertThat(request.headers().get("Impersonate-Group")).containsExactly("g1", "g2");
      assertThat(request.headers().get("Impersonate-Extra-Some%2FKey")).containsExactly("v1", "v2");
    }
  }

  @Test
  void noCredentialsAreSentOverPlainHttp() throws Exception {
    try (FakeServer api = FakeServer.start(json(200, LIST));
        CapturedLog log = new CapturedLog()) {
      list("http", Map.of("http://127.0.0.1:18080", api.url()));

      assertThat(api.requests.get(0).header("Authorization")).isEmpty();
      assertThat(log.lines("credentials are not sent over plain http")).hasSize(1);
    }
  }

  @Test
  void aPluginIsGivenTheExtensionOfItsCluster() throws Exception {
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST))) {
      Path seen = folder.resolve("seen");
      Path plugin = folder.resolve("plug.sh");
      Files.writeString(plugin, Files.readString(plugin).replace(">&2", ">" + seen));
      list("exec", Map.of("https://127.0.0.1:18443", api.url()));

      assertThat(api.requests.get(0).header("Authorization")).isEqualTo("Bearer from-plugin");
      assertThat(Files.readString(seen))
          .contains("\"disable-compression\":true")
          // kubectl reads the key n as a boolean, as YAML 1.1 does.
          .contains("\"config\":{\"audience\":\"aud-1\",\"false\":2}");
    }
  }

  @Test
  void theProxyOfAClusterIsUsedWithoutAScheme() throws Exception {
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST));
        TestProxy proxy = TestProxy.to(URI.create(api.url()).getPort())) {
      list("px", Map.of("127.0.0.1:18082", proxy.address()));

      assertThat(proxy.heads.get(0)).startsWith("CONNECT api.internal.invalid:6443 ");
      assertThat(api.requests.get(0).header("Authorization")).isEqualTo("Bearer tok");
    }
  }

  /** Lists pods with a kubeconfig in which some texts are replaced. */
  private void list(String name, Map<String, String> replaced) throws Exception {
    String text = Files.readString(REPORTS.resolve(name));
    for (Map.Entry<String, String> entry : replaced.entrySet()) {
      assertThat(text).contains(entry.getKey());
      text = text.replace(entry.getKey(), entry.getValue());
    }
    Path file = Files.writeString(folder.resolve(name), text);
    KubernetesSdConfig config =
        new KubernetesSdConfig(
            KubernetesSdConfig.Role.POD,
            Optional.empty(),
            Optional.of(file.toString()),
            HttpClientConfig.DEFAULT,
            false,
            List.of(),
            List.of(),
            KubernetesSdConfig.AttachMetadata.NONE);
    ApiServerClientFactory factory =
        new ApiServerClientFactory(new ManualTicker(), Map.of(), folder.resolve("account"));
    try (ResourceClient client = factory.open(config)) {
      client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
    }
  }
}
