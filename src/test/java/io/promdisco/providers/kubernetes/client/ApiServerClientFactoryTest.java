package io.promdisco.providers.kubernetes.client;

import static io.promdisco.testing.FakeServer.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.TlsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiServerClientFactoryTest {
  private static final String LIST =
      "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}}";

  private final ManualTicker ticker = new ManualTicker();

  @TempDir Path folder;

  private ApiServerClientFactory factory() {
    return factory(Map.of());
  }

  private ApiServerClientFactory factory(Map<String, String> env) {
    return new ApiServerClientFactory(ticker, env, folder.resolve("account"));
  }

  private static KubernetesSdConfig sd(Optional<String> api, Optional<String> kubeconfig) {
    return sd(api, kubeconfig, false);
  }

  private static KubernetesSdConfig sd(
      Optional<String> api, Optional<String> kubeconfig, boolean ownNamespace) {
    return new KubernetesSdConfig(
        KubernetesSdConfig.Role.POD,
        api,
        kubeconfig,
        HttpClientConfig.DEFAULT,
        ownNamespace,
        List.of(),
        List.of(),
        KubernetesSdConfig.AttachMetadata.NONE);
  }

  private Path kubeconfig(String text) throws IOException {
    return Files.writeString(folder.resolve("config"), text);
  }

  private static KubernetesSdConfig sd(Path kubeconfig) {
    return sd(Optional.empty(), Optional.of(kubeconfig.toString()));
  }

  private void refused(String text, String message) throws IOException {
    Path file = kubeconfig(text);
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> factory().open(sd(file)).close())
        .withMessage(message.replace("FILE", file.toString()));
  }

  private static final String CLUSTERS =
      """
      clusters:
      - name: kind
        cluster: {server: "https://127.0.0.1:6443"}
      users:
      - name: me
        user: {token: abc}
      contexts:
      - name: dev
        context: {cluster: kind, user: me, namespace: shop}
      - name: lost
        context: {cluster: away, user: me}
      """;

  @Test
  void aliasesMergesAndRepeatedKeysOfAKubeconfigCount() throws Exception {
    Path file =
        kubeconfig(
            """
            clusters:
            - name: one
              cluster: &cluster {server: "https://127.0.0.1:1"}
            - name: two
              cluster: {<<: *cluster}
            - name: three
              cluster: {<<: [*cluster, {tls-server-name: x}], server: "https://127.0.0.1:3"}
            users:
            - {name: me, user: {}}
            contexts:
            - {name: one, context: {cluster: one, user: me}}
            - {name: two, context: {cluster: two, user: me}}
            - {name: three, context: {cluster: three, user: me}}
            current-context: one
            current-context: CONTEXT
            """);
    String text = Files.readString(file);
    for (String context : new String[] {"one", "two", "three"}) {
      Files.writeString(file, text.replace("CONTEXT", context));
      try (ResourceClient client = factory().open(sd(file))) {
        assertThat(client.server())
            .isEqualTo("https://127.0.0.1:" + (context.equals("three") ? 3 : 1));
      }
    }
    refused("a: &a [*a]\ncurrent-context: x", "kubeconfig FILE: not YAML");
  }

  @Test
  void aKubeconfigThatIsMissingIsNamed() {
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> factory().open(sd(Path.of("/no/such/config"))).close())
        .withMessage("kubeconfig /no/such/config: no such file");
  }

  @Test
  void theServerOfTheCurrentOrTheChosenContextIsUsed() throws Exception {
    Path file = kubeconfig("current-context: dev\n" + CLUSTERS);
    try (ResourceClient client = factory().open(sd(file))) {
      assertThat(client.server()).isEqualTo("https://127.0.0.1:6443");
      assertThat(client.ownNamespace()).contains("shop");
    }
    try (ResourceClient client =
        factory().forCommand(file, "dev", notice -> {}).open(sd(Path.of("/not/looked/at")))) {
      assertThat(client.server()).isEqualTo("https://127.0.0.1:6443");
    }
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> factory().forCommand(null, "lost", notice -> {}).open(sd(file)).close())
        .withMessageContaining("context \"lost\": cluster \"away\": not found");
  }

  private void list(Path kubeconfig) throws Exception {
    try (ResourceClient client = factory().open(sd(kubeconfig))) {
      list(client);
    }
  }

  private static void list(ResourceClient client) throws IOException, InterruptedException {
    client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
  }

  private Path withUser(FakeServer api, String cluster, String user) throws IOException {
    return withUser(api.url(), cluster, user);
  }

  private Path withUser(String url, String cluster, String user) throws IOException {
    return kubeconfig(
        """
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {server: "%s"%s}}]
        users:
        - name: u
          user:
        """
                .formatted(url, cluster.isEmpty() ? "" : ", " + cluster)
            + user.indent(4));
  }

  private static FakeServer.Request last(FakeServer api) {
    return api.requests.get(api.requests.size() - 1);
  }

  @Test
  void everyKindOfUserIsKnownToTheServer() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    Files.writeString(folder.resolve("token"), "from-file");
    Map<String, String> users =
        Map.of(
            "token: abc", "Bearer abc",
            "tokenFile: token", "Bearer from-file",
            "username: me\npassword: pw", "Basic bWU6cHc=",
            "auth-provider: {name: oidc, config: {id-token: idt}}", "Bearer idt");
    String ca = "certificate-authority: ca.crt";
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST))) {
      for (Map.Entry<String, String> user : users.entrySet()) {
        list(withUser(api, ca, user.getKey()));
        assertThat(last(api).header("Authorization")).isEqualTo(user.getValue());
        assertThat(last(api).headers()).doesNotContainKey("Accept-Encoding");
      }
      list(
          withUser(
              api,
              ca,
              "as: bob\nas-groups: [dev, ops]\nas-user-extra: {scope: [x], Some/Key: [z]}"));
      assertThat(last(api).header("Impersonate-User")).isEqualTo("bob");
      assertThat(last(api).headers().get("Impersonate-Group")).containsExactly("dev", "ops");
      assertThat(last(api).header("Impersonate-Extra-scope")).isEqualTo("x");
      assertThat(last(api).header("Impersonate-Extra-Some%2FKey")).isEqualTo("z");
      assertThat(last(api).header("Authorization")).isEmpty();
    }
  }

  @Test
  void impersonatedNamesAreSentInUtf8() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    String ca = "certificate-authority: ca.crt";
    try (TlsServer api =
        TlsServer.start(
            certificates,
            (request, answer) ->
                answer.header("content-type", "application/json").write(LIST.getBytes(UTF_8)))) {
      list(withUser(api.url(), ca, "as: bób Ä"));
      assertThat(api.requests.get(0).header("impersonate-user"))
          .isEqualTo(new String("bób Ä".getBytes(UTF_8), ISO_8859_1));
    }
  }

  @Test
  void sendsNoCredentialsOverPlainHttpAndLogsThat() throws Exception {
    try (FakeServer api = FakeServer.start(json(200, LIST));
        CapturedLog log = new CapturedLog()) {
      list(withUser(api, "", "token: topsecret\nas: bob"));
      assertThat(last(api).header("Authorization")).isEmpty();
      assertThat(last(api).header("Impersonate-User")).isEqualTo("bob");
      assertThat(log.lines("user \"u\": credentials are not sent over plain http")).hasSize(1);
      assertThat(log.lines("topsecret")).isEmpty();
    }
  }

  @Test
  void keepsTheLastTokenWhileItsFileIsUnreadableAndLogsThatOnce() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    Path token = Files.writeString(folder.resolve("token"), "one\n");
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST));
        CapturedLog log = new CapturedLog()) {
      Path file = withUser(api, "certificate-authority: ca.crt", "tokenFile: token");
      try (ResourceClient client = factory().open(sd(file))) {
        list(client);
        Files.delete(token);
        list(client);
        list(client);
        Files.writeString(token, "");
        list(client);
        assertThat(log.lines("WARN", token + ": no such file; the last token stays in use"))
            .hasSize(1);
        Files.writeString(token, "two");
        list(client);
      }
      assertThat(api.requests.stream().map(request -> request.header("Authorization")))
          .containsExactly("Bearer one", "Bearer one", "Bearer one", "Bearer one", "Bearer two");
    }
  }

  @Test
  void keepsTheLastSettingsWhileTheKubeconfigIsUnusableAndLogsThatOnce() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST));
        CapturedLog log = new CapturedLog()) {
      Path file = withUser(api, "certificate-authority: ca.crt", "token: one");
      try (ResourceClient client = factory().open(sd(file))) {
        list(client);
        for (String broken : List.of("", "clusters: [", "{}")) {
          Files.writeString(file, broken);
          list(client);
        }
        Files.delete(file);
        list(client);
        assertThat(log.lines("WARN", "the last settings stay in use")).hasSize(1);
        withUser(api, "certificate-authority: gone.crt", "token: two");
        list(client);
        withUser(api, "certificate-authority: ca.crt", "token: three");
        list(client);
      }
      assertThat(api.requests.stream().map(request -> request.header("Authorization")).distinct())
          .containsExactly("Bearer one", "Bearer three");
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void certificatesStandInTheKubeconfigOrInFilesBesideIt() throws Exception {
    Certificates both = Certificates.make("EC", "ip:127.0.0.1");
    Files.writeString(folder.resolve("ca.crt"), both.authority());
    Files.writeString(folder.resolve("me.crt"), both.certificate());
    Files.writeString(folder.resolve("me.key"), both.key());
    try (FakeServer api = FakeServer.start(both.server(), true, json(200, LIST))) {
      list(
          withUser(
              api,
              "certificate-authority-data: " + base64(both.authority()),
              "client-certificate-data: "
                  + base64(both.certificate())
                  + "\nclient-key-data: "
                  + base64(both.key())));
      list(
          withUser(
              api,
              "certificate-authority: ca.crt",
              "client-certificate: me.crt\nclient-key: me.key"));
      assertThat(api.requests).hasSize(2);
      Path missing = withUser(api, "certificate-authority: gone.crt", "token: x");
      assertThatExceptionOfType(DiscoveryException.class)
          .isThrownBy(() -> list(missing))
          .withMessage(
              "kubeconfig "
                  + missing
                  + ": cluster \"k\": certificate-authority: "
                  + folder.resolve("gone.crt")
                  + ": no such file");
    }
  }

  private static final Map<String, String> IN_CLUSTER =
      Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "443");

  @Test
  void outsideOfAClusterTheErrorSaysWhatToSet() {
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> factory().open(sd(Optional.empty(), Optional.empty())).close())
        .withMessage(
            "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"
                + " (set kubeconfig_file or api_server to discover from outside)");
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> factory(IN_CLUSTER).open(sd(Optional.empty(), Optional.empty())).close())
        .withMessage(folder.resolve("account/token") + ": no such file");
  }

  @Test
  void inAClusterTheServiceAccountIsUsed() throws Exception {
    Path account = Files.createDirectory(folder.resolve("account"));
    Files.writeString(account.resolve("token"), "tok");
    try (ResourceClient client = factory(IN_CLUSTER).open(sd(Optional.empty(), Optional.empty()))) {
      assertThat(client.server()).isEqualTo("https://10.96.0.1:443");
      assertThat(client.ownNamespace()).isEmpty();
    }
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(
            () -> factory(IN_CLUSTER).open(sd(Optional.empty(), Optional.empty(), true)).close())
        .withMessage(account.resolve("namespace") + ": no such file");
    Files.writeString(account.resolve("namespace"), "monitoring\n");
    Map<String, String> v6 =
        Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443");
    try (ResourceClient client = factory(v6).open(sd(Optional.empty(), Optional.empty(), true))) {
      assertThat(client.server()).isEqualTo("https://[fd00::1]:443");
      assertThat(client.ownNamespace()).contains("monitoring");
    }
  }

  @Test
  void aClusterIsTalkedToWithItsOwnCaAndToken() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Path account = Files.createDirectory(folder.resolve("account"));
    Files.writeString(account.resolve("token"), "tok");
    Files.writeString(account.resolve("ca.crt"), certificates.authority());
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST));
        ResourceClient client =
            factory(
                    Map.of(
                        "KUBERNETES_SERVICE_HOST",
                        "127.0.0.1",
                        "KUBERNETES_SERVICE_PORT",
                        Integer.toString(api.port())))
                .open(sd(Optional.empty(), Optional.empty()))) {
      client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
      assertThat(api.requests.get(0).header("Authorization")).isEqualTo("Bearer tok");
    }
  }

  private ApiServerClientFactory inCluster(FakeServer api) {
    return factory(
        Map.of(
            "KUBERNETES_SERVICE_HOST",
            "127.0.0.1",
            "KUBERNETES_SERVICE_PORT",
            Integer.toString(api.port())));
  }

  @Test
  void keepsTheServiceAccountsTokenAndCaWhileTheirFilesAreMissing() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Path account = Files.createDirectory(folder.resolve("account"));
    Files.writeString(account.resolve("token"), "one");
    Files.writeString(account.resolve("ca.crt"), certificates.authority());
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST));
        CapturedLog log = new CapturedLog();
        ResourceClient client = inCluster(api).open(sd(Optional.empty(), Optional.empty()))) {
      list(client);
      Files.delete(account.resolve("token"));
      Files.delete(account.resolve("ca.crt"));
      list(client);
      Files.writeString(account.resolve("token"), "two");
      Files.writeString(account.resolve("ca.crt"), certificates.authority());
      list(client);
      assertThat(api.requests.stream().map(request -> request.header("Authorization")))
          .containsExactly("Bearer one", "Bearer one", "Bearer two");
      assertThat(log.lines("stays in use")).hasSize(1);
      assertThat(log.lines("stay in use")).hasSize(1);
    }
  }

  @Test
  void trustsTheCasOfTheMachineWithoutAServiceAccountCaAndLogsThat() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    Path account = Files.createDirectory(folder.resolve("account"));
    Files.writeString(account.resolve("token"), "one");
    try (FakeServer api = FakeServer.start(certificates.server(), json(200, LIST));
        CapturedLog log = new CapturedLog();
        ResourceClient client = inCluster(api).open(sd(Optional.empty(), Optional.empty()))) {
      assertThat(log.lines("ca.crt: no such file; trusting the CAs of this machine instead"))
          .hasSize(1);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> list(client))
          .withMessageContaining("among those that this JVM trusts");
      assertThat(api.requests).isEmpty();
    }
  }

  @Test
  void anApiServerThatIsNotAUrlIsAnError() {
    for (String url : new String[] {"ftp://x", "https://", "ht tp://x", "https://a b"}) {
      assertThatExceptionOfType(DiscoveryException.class)
          .as(url)
          .isThrownBy(() -> factory().open(sd(Optional.of(url), Optional.empty())).close())
          .withMessageStartingWith("api_server: not a ")
          .withMessageEndingWith("(expected https://host:port)");
    }
  }

  @Test
  void aUserInTheUrlIsSentButNeverShown() throws Exception {
    try (FakeServer api = FakeServer.start(json(200, LIST));
        ResourceClient client =
            factory()
                .open(sd(Optional.of(api.url().replace("//", "//me:pw@")), Optional.empty()))) {
      assertThat(client.server()).isEqualTo(api.url());
      client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
      assertThat(api.requests.get(0).header("Authorization")).isEqualTo("Basic bWU6cHc=");
    }
  }

  @Test
  void configurationsOfOneServerAndCredentialsHaveOneIdentity() {
    ApiServerClientFactory factory = factory();
    KubernetesSdConfig here =
        ApiServerClientTest.config("https://a", HttpClientConfigs.withToken("x"));
    assertThat(factory.identity(here))
        .isEqualTo(
            factory.identity(
                ApiServerClientTest.config("https://a/", HttpClientConfigs.withToken("x"))))
        .isNotEqualTo(
            factory.identity(
                ApiServerClientTest.config("https://a", HttpClientConfigs.withToken("y"))))
        .isNotEqualTo(
            factory.identity(
                ApiServerClientTest.config("https://b", HttpClientConfigs.withToken("x"))));
    assertThat(factory.identity(here).toString()).doesNotContain("x\"").contains("<secret>");
    Path file = Path.of("/a/config");
    assertThat(factory.identity(sd(file)))
        .isEqualTo(factory.identity(sd(Path.of("/a/b/../config"))))
        .isNotEqualTo(factory.identity(sd(Optional.empty(), Optional.empty())))
        .isNotEqualTo(factory.forCommand(null, "c", notice -> {}).identity(sd(file)));
    ApiServerClientFactory replaced = factory.forCommand(file, null, notice -> {});
    assertThat(replaced.identity(here))
        .isEqualTo(replaced.identity(sd(Optional.empty(), Optional.empty())));
  }
}
