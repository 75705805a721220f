package io.promdisco.providers.kubernetes.client;

import static io.promdisco.testing.FakeServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.Scope;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.Https;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FabricClientFactoryTest {
  private static final String LIST =
      "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}}";

  private final ManualTicker ticker = new ManualTicker();

  @TempDir Path folder;

  private FabricClientFactory factory() {
    return factory(Map.of());
  }

  private FabricClientFactory factory(Map<String, String> env) {
    return new FabricClientFactory(ticker, env, folder.resolve("account"), null, null);
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
      - name: broken
        cluster: {}
      users:
      - name: me
        user: {token: abc}
      contexts:
      - name: dev
        context: {cluster: kind, user: me}
      - name: lost
        context: {cluster: away, user: me}
      - name: nobody
        context: {cluster: kind, user: you}
      - name: unbound
        context: {user: me}
      - name: nowhere
        context: {cluster: broken, user: me}
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
              cluster: {server: "https://127.0.0.1:3", <<: [*cluster, {tls-server-name: x}]}
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
    refused(
        "a: &a [*a]\ncurrent-context: x",
        "kubeconfig FILE: no context \"x\" (expected a name, but there are no contexts)");
  }

  @Test
  void everyFaultOfAKubeconfigIsOneClearLineWithItsPath() throws Exception {
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> factory().open(sd(Path.of("/no/such/config"))).close())
        .withMessage("kubeconfig /no/such/config: no such file");
    refused("a: [", "kubeconfig FILE: line 1: not YAML");
    refused("- a", "kubeconfig FILE: not a mapping (expected a kubeconfig)");
    refused(
        "",
        "kubeconfig FILE: current-context: not set (expected a name, but there are no contexts)");
    refused(
        CLUSTERS,
        "kubeconfig FILE: current-context: not set (expected one of dev, lost, nobody, nowhere,"
            + " unbound)");
    refused(
        "current-context: prod\n" + CLUSTERS,
        "kubeconfig FILE: no context \"prod\" (expected one of dev, lost, nobody, nowhere,"
            + " unbound)");
    refused(
        "current-context: lost\n" + CLUSTERS,
        "kubeconfig FILE: no cluster \"away\", which context \"lost\" names (expected one of"
            + " broken, kind)");
    refused(
        "current-context: nobody\n" + CLUSTERS,
        "kubeconfig FILE: no user \"you\", which context \"nobody\" names (expected one of me)");
    refused(
        "current-context: unbound\n" + CLUSTERS,
        "kubeconfig FILE: context \"unbound\": cluster: not set");
    refused(
        "current-context: nowhere\n" + CLUSTERS,
        "kubeconfig FILE: cluster \"broken\": server: not set");
    refused("contexts: 7", "kubeconfig FILE: contexts: not a list");
  }

  @Test
  void theServerOfTheCurrentOrTheChosenContextIsUsed() throws Exception {
    Path file = kubeconfig("current-context: dev\n" + CLUSTERS);
    try (ResourceClient client = factory().open(sd(file))) {
      assertThat(client.server()).isEqualTo("https://127.0.0.1:6443");
      assertThat(client.ownNamespace()).isEmpty();
    }
    try (ResourceClient client =
        factory().withKubeconfig(file, "dev").open(sd(Path.of("/not/looked/at")))) {
      assertThat(client.server()).isEqualTo("https://127.0.0.1:6443");
    }
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> factory().withContext("lost").open(sd(file)).close())
        .withMessageContaining("no cluster \"away\"");
  }

  private void list(Path kubeconfig) throws Exception {
    try (ResourceClient client = factory().open(sd(kubeconfig))) {
      client.list(Resource.PODS, Scope.ALL, 0, "", "", pod -> {});
    }
  }

  private Path withUser(FakeServer api, String cluster, String user) throws IOException {
    return kubeconfig(
        """
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {server: "%s"%s}}]
        users:
        - name: u
          user:
        """
                .formatted(api.url(), cluster.isEmpty() ? "" : ", " + cluster)
            + user.indent(4));
  }

  @Test
  void everyKindOfUserIsKnownToTheServer() throws Exception {
    Files.writeString(folder.resolve("token"), "from-file");
    Map<String, String> users =
        Map.of(
            "token: abc", "Bearer abc",
            "tokenFile: token", "Bearer from-file",
            "username: me\npassword: pw", "Basic bWU6cHc=",
            "auth-provider: {name: oidc, config: {id-token: idt}}", "Bearer idt");
    try (FakeServer api = FakeServer.start(json(200, LIST))) {
      for (Map.Entry<String, String> user : users.entrySet()) {
        list(withUser(api, "", user.getKey()));
        assertThat(api.requests.get(api.requests.size() - 1).header("Authorization"))
            .isEqualTo(user.getValue());
      }
      list(withUser(api, "", "as: bob\nas-groups: [dev, ops]\nas-user-extra: {scope: [x]}"));
      FakeServer.Request last = api.requests.get(api.requests.size() - 1);
      assertThat(last.header("Impersonate-User")).isEqualTo("bob");
      assertThat(last.headers().get("Impersonate-Group")).containsExactly("dev", "ops");
      assertThat(last.header("Impersonate-Extra-scope")).isEqualTo("x");
      assertThat(last.header("Authorization")).isEmpty();
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
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
                  + ": certificate-authority: "
                  + folder.resolve("gone.crt")
                  + ": no such file");
    }
  }

  private Path plugin(FakeServer api, String script, String more) throws IOException {
    Path file = Files.writeString(folder.resolve("plugin"), "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return withUser(
        api,
        "",
        """
        exec:
          apiVersion: client.authentication.k8s.io/v1
          command: ./plugin
          args: [get, token]
          env: [{name: FLAVOUR, value: sour}]
        """
            + more.indent(2));
  }

  private static String credential(String status) {
    return "{\\\"kind\\\": \\\"ExecCredential\\\", \\\"apiVersion\\\":"
        + " \\\"client.authentication.k8s.io/v1\\\", \\\"status\\\": {"
        + status
        + "}}";
  }

  @Test
  void aPluginIsRunForATokenThatIsKeptUntilItExpires() throws Exception {
    Path count = folder.resolve("count");
    String script =
        "echo x >> "
            + count
            + "\n"
            + "n=$(wc -l < "
            + count
            + ")\n"
            + "echo \"$KUBERNETES_EXEC_INFO\" > "
            + folder.resolve("info")
            + "\n"
            + "echo \""
            + credential(
                "\\\"token\\\": \\\"$1-$2-$FLAVOUR-$n\\\","
                    + " \\\"expirationTimestamp\\\": \\\"2026-01-01T00:10:00Z\\\"")
            + "\"\n";
    try (FakeServer api = FakeServer.start(json(200, LIST));
        ResourceClient client =
            factory().open(sd(plugin(api, script, "provideClusterInfo: true")))) {
      client.list(Resource.PODS, Scope.ALL, 0, "", "", pod -> {});
      client.list(Resource.PODS, Scope.ALL, 0, "", "", pod -> {});
      ticker.advance(Duration.ofMinutes(10));
      client.list(Resource.PODS, Scope.ALL, 0, "", "", pod -> {});
      assertThat(api.requests.stream().map(request -> request.header("Authorization")))
          .containsExactly(
              "Bearer get-token-sour-1", "Bearer get-token-sour-1", "Bearer get-token-sour-2");
      assertThat(Files.readString(folder.resolve("info")))
          .contains("\"interactive\":false", "\"server\":\"" + api.url() + "\"");
    }
  }

  @Test
  void aPluginThatFailsIsOneClearLine() throws Exception {
    try (FakeServer api = FakeServer.start(json(200, LIST))) {
      String name = "exec plugin " + folder.resolve("plugin");
      failing(
          plugin(api, "echo please log in >&2\nexit 3", ""), name + ": exit code 3: please log in");
      failing(
          plugin(api, "echo hello", ""),
          name + ": its output is not JSON (expected an ExecCredential)");
      failing(
          plugin(api, "echo \"" + credential("") + "\"", ""),
          name + ": status: neither token nor clientCertificateData");
      failing(
          plugin(api, "echo '{}'", ""),
          name + ": apiVersion:  (expected client.authentication.k8s.io/v1)");
      Path file = plugin(api, "", "installHint: get it from the shop");
      Files.delete(folder.resolve("plugin"));
      failing(file, name + ": cannot be run (get it from the shop)");
      assertThat(api.requests).isEmpty();
    }
  }

  private void failing(Path kubeconfig, String message) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(kubeconfig))
        .withMessage(message);
  }

  @Test
  void aPluginMayGiveAClientCertificate() throws Exception {
    Certificates both = Certificates.make("EC", "ip:127.0.0.1");
    Files.writeString(folder.resolve("ca.crt"), both.authority());
    String json =
        "{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"status\":"
            + " {\"clientCertificateData\": \""
            + both.certificate().replace("\n", "\\n")
            + "\", \"clientKeyData\": \""
            + both.key().replace("\n", "\\n")
            + "\"}}";
    Path output = Files.writeString(folder.resolve("credential.json"), json);
    try (FakeServer api = FakeServer.start(both.server(), true, json(200, LIST))) {
      Path file = plugin(api, "cat " + output, "");
      Files.writeString(
          file,
          Files.readString(file)
              .replace(api.url() + "\"", api.url() + "\", certificate-authority: ca.crt"));
      list(file);
      assertThat(api.requests).hasSize(1);
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
      client.list(Resource.PODS, Scope.ALL, 0, "", "", pod -> {});
      assertThat(api.requests.get(0).header("Authorization")).isEqualTo("Bearer tok");
    }
  }

  @Test
  void anApiServerThatIsNoUrlIsAnError() {
    for (String url : new String[] {"ftp://x", "https://", "ht tp://x", "https://a b"}) {
      assertThatExceptionOfType(DiscoveryException.class)
          .as(url)
          .isThrownBy(() -> factory().open(sd(Optional.of(url), Optional.empty())).close())
          .withMessageStartingWith("api_server: not a URL")
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
      client.list(Resource.PODS, Scope.ALL, 0, "", "", pod -> {});
      assertThat(api.requests.get(0).header("Authorization")).isEqualTo("Basic bWU6cHc=");
    }
  }

  @Test
  void configurationsOfOneServerAndCredentialsHaveOneIdentity() {
    FabricClientFactory factory = factory();
    KubernetesSdConfig here = FabricClientTest.config("https://a", Https.withToken("x"));
    assertThat(factory.identity(here))
        .isEqualTo(factory.identity(FabricClientTest.config("https://a/", Https.withToken("x"))))
        .isNotEqualTo(factory.identity(FabricClientTest.config("https://a", Https.withToken("y"))))
        .isNotEqualTo(factory.identity(FabricClientTest.config("https://b", Https.withToken("x"))));
    assertThat(factory.identity(here).toString()).doesNotContain("x\"").contains("<secret>");
    Path file = Path.of("/a/config");
    assertThat(factory.identity(sd(file)))
        .isEqualTo(factory.identity(sd(Path.of("/a/b/../config"))))
        .isNotEqualTo(factory.identity(sd(Optional.empty(), Optional.empty())))
        .isNotEqualTo(factory.withContext("c").identity(sd(file)));
    FabricClientFactory replaced = factory.withKubeconfig(file, null);
    assertThat(replaced.identity(here))
        .isEqualTo(replaced.identity(sd(Optional.empty(), Optional.empty())));
  }
}
