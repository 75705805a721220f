package io.promdisco.providers.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.client.kubeconfig.Kubeconfig;
import io.promdisco.providers.kubernetes.client.kubeconfig.KubeconfigSource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cluster a command uses, and what it says about its choice. */
class ClusterChoiceTest {
  @TempDir Path folder;

  private final Map<String, String> env = new HashMap<>();
  private final List<String> notices = new ArrayList<>();
  private Path home = Path.of("");
  private Path account = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    home = Files.createDirectories(folder.resolve("home"));
    Files.createDirectories(home.resolve(".kube"));
    account = Files.createDirectories(folder.resolve("account"));
    env.put("HOME", home.toString());
  }

  /** A kubeconfig with the contexts {@code dev} and {@code prod}, each with its own port. */
  private Path kubeconfig(String name, int dev, int prod) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        """
        current-context: dev
        clusters:
        - {name: dev, cluster: {server: "https://127.0.0.1:%d"}}
        - {name: prod, cluster: {server: "https://127.0.0.1:%d"}}
        contexts:
        - {name: dev, context: {cluster: dev, user: me}}
        - {name: prod, context: {cluster: prod, user: me, namespace: shop}}
        users:
        - {name: me, user: {}}
        """
            .formatted(dev, prod));
  }

  private void enterCluster() throws IOException {
    env.put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
    env.put("KUBERNETES_SERVICE_PORT", "9");
    Files.writeString(account.resolve("token"), "t");
  }

  private static KubernetesSdConfig sd(String apiServer, String kubeconfig) {
    return new KubernetesSdConfig(
        KubernetesSdConfig.Role.POD,
        Optional.of(apiServer).filter(text -> !text.isEmpty()),
        Optional.of(kubeconfig).filter(text -> !text.isEmpty()),
        HttpClientConfig.DEFAULT,
        false,
        List.of(),
        List.of(),
        KubernetesSdConfig.AttachMetadata.NONE);
  }

  /** The port of the server that a command with these options connects to. */
  private int port(@Nullable Path kubeconfig, @Nullable String context, KubernetesSdConfig config)
      throws DiscoveryException {
    ApiServerClientFactory factory =
        new ApiServerClientFactory(new ManualTicker(), env, account)
            .forCommand(kubeconfig, context, notices::add);
    try (ResourceClient client = factory.open(config)) {
      return Integer.parseInt(client.server().replaceFirst(".*:", ""));
    }
  }

  private int port(KubernetesSdConfig config) throws DiscoveryException {
    return port(null, null, config);
  }

  @Test
  void usesTheUsersKubeconfigOutsideACluster() throws Exception {
    kubeconfig("home/.kube/config", 1, 2);
    assertThat(port(sd("", ""))).isEqualTo(1);
    assertThat(notices).containsExactly("using context dev of ~/.kube/config");
  }

  @Test
  void theVariableKubeconfigWinsOverTheUsersFile() throws Exception {
    kubeconfig("home/.kube/config", 1, 2);
    env.put("KUBECONFIG", kubeconfig("other", 3, 4).toString());
    assertThat(port(sd("", ""))).isEqualTo(3);
    assertThat(notices).containsExactly("using context dev of " + folder.resolve("other"));
    env.put("KUBECONFIG", "");
    assertThat(port(sd("", ""))).isEqualTo(1);
  }

  @Test
  void theOptionWinsOverEverything() throws Exception {
    enterCluster();
    kubeconfig("home/.kube/config", 1, 2);
    env.put("KUBECONFIG", kubeconfig("other", 3, 4).toString());
    Path file = kubeconfig("option", 5, 6);
    assertThat(port(file, null, sd("", ""))).isEqualTo(5);
    assertThat(port(file, null, sd("https://127.0.0.1:7", ""))).isEqualTo(5);
    assertThat(port(file, "prod", sd("", folder.resolve("other").toString()))).isEqualTo(6);
    assertThat(notices)
        .containsExactly(
            "using context dev of " + file,
            "using context dev of " + file,
            "using context prod of " + file);
  }

  @Test
  void aContextWithoutAFileIsOneOfTheUsersKubeconfig() throws Exception {
    kubeconfig("home/.kube/config", 1, 2);
    assertThat(port(null, "prod", sd("", ""))).isEqualTo(2);
    assertThat(port(null, "prod", sd("https://127.0.0.1:7", ""))).isEqualTo(2);
    enterCluster();
    assertThat(port(null, "prod", sd("", ""))).isEqualTo(2);
    assertThat(notices).containsOnly("using context prod of ~/.kube/config").hasSize(3);
  }

  @Test
  void aContextIsTakenFromTheKubeconfigThatTheConfigurationNames() throws Exception {
    kubeconfig("home/.kube/config", 1, 2);
    Path file = kubeconfig("named", 5, 6);
    assertThat(port(null, "prod", sd("", file.toString()))).isEqualTo(6);
    assertThat(notices).containsExactly("using context prod of " + file);
  }

  @Test
  void usesWhatTheConfigurationNamesWithoutAMessage() throws Exception {
    kubeconfig("home/.kube/config", 1, 2);
    assertThat(port(sd("", kubeconfig("named", 5, 6).toString()))).isEqualTo(5);
    assertThat(port(sd("https://127.0.0.1:7", ""))).isEqualTo(7);
    assertThat(notices).isEmpty();
  }

  @Test
  void usesTheServiceAccountInACluster() throws Exception {
    enterCluster();
    kubeconfig("home/.kube/config", 1, 2);
    assertThat(port(sd("", ""))).isEqualTo(9);
    assertThat(notices).isEmpty();
    env.put("KUBECONFIG", folder.resolve("home/.kube/config").toString());
    assertThat(port(sd("", ""))).isEqualTo(9);
    assertThat(notices)
        .containsExactly(
            "in a cluster: using its service account instead of KUBECONFIG (--kubeconfig FILE uses a"
                + " kubeconfig)");
  }

  @Test
  void aPodWithoutServiceAccountIsOutside() throws Exception {
    enterCluster();
    Files.delete(account.resolve("token"));
    kubeconfig("home/.kube/config", 1, 2);
    assertThat(port(sd("", ""))).isEqualTo(1);
  }

  @Test
  void theLibraryDoesNotLookAtTheUsersKubeconfig() throws Exception {
    kubeconfig("home/.kube/config", 1, 2);
    env.put("KUBECONFIG", folder.resolve("home/.kube/config").toString());
    ApiServerClientFactory library = new ApiServerClientFactory(new ManualTicker(), env, account);
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> library.open(sd("", "")).close())
        .withMessageStartingWith("not in a cluster: ");
  }

  private void nothingFound(String message) {
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> port(sd("", "")))
        .withMessage(
            "no cluster found: not in a cluster ("
                + message
                + " (expected: a kubeconfig, --kubeconfig FILE, or kubeconfig_file or api_server"
                + " in the configuration)");
  }

  @Test
  void whenNothingIsFoundTheErrorSaysWhatWasLookedFor() throws Exception {
    String unset = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set); ";
    nothingFound(
        unset + "KUBECONFIG is not set, " + home.resolve(".kube/config") + " does not exist");
    env.put("KUBECONFIG", "/no/one:/no/two");
    nothingFound(unset + "no file of KUBECONFIG exists (/no/one, /no/two)");
    enterCluster();
    Files.delete(account.resolve("token"));
    nothingFound(
        account.resolve("token")
            + " does not exist); no file of KUBECONFIG exists (/no/one, /no/two)");
  }

  @Test
  void aFileOfTheOptionMustExist() {
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> port(Path.of("/no/such"), null, sd("", "")))
        .withMessage("kubeconfig /no/such: no such file");
  }

  /** Merged as client-go does it. */
  @Test
  void filesOfTheVariableAreMergedEntryByEntry() throws Exception {
    Files.createDirectories(folder.resolve("a"));
    Files.createDirectories(folder.resolve("b"));
    Files.writeString(folder.resolve("a/token"), "of-a");
    Files.writeString(folder.resolve("b/token"), "of-b");
    Path one =
        Files.writeString(
            folder.resolve("a/one"),
            """
            clusters: [{name: k, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: u, user: {tokenFile: token}}]
            """);
    Path two =
        Files.writeString(
            folder.resolve("b/two"),
            """
            current-context: second
            clusters:
            - {name: k, cluster: {server: "https://127.0.0.1:2", tls-server-name: lost}}
            - {name: l, cluster: {server: "https://127.0.0.1:3"}}
            users: [{name: u, user: {token: lost}}, {name: v, user: {tokenFile: token}}]
            contexts:
            - {name: first, context: {cluster: k, user: u}}
            - {name: second, context: {cluster: l, user: v, namespace: shop}}
            """);
    Path three =
        Files.writeString(
            folder.resolve("three"),
            """
            current-context: first
            contexts: [{name: second, context: {cluster: lost, user: lost}}]
            """);
    env.put(
        "KUBECONFIG",
        String.join(":", "", one.toString(), "/no/such", two + ":" + two, three.toString()));
    assertThat(outcome("")).isEqualTo("https://127.0.0.1:3 Bearer of-b shop");
    assertThat(outcome("first")).isEqualTo("https://127.0.0.1:1 Bearer of-a default");
    env.put("KUBECONFIG", String.join(":", three.toString(), two.toString(), one.toString()));
    assertThat(outcome("")).isEqualTo("https://127.0.0.1:2 lost Bearer lost default");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> outcome("second"))
        .withMessage(
            "kubeconfig "
                + three
                + ": context \"second\": cluster \"lost\": not found (expected:"
                + " one of k, l)");
  }

  private String outcome(String context) throws Exception {
    KubeconfigSource source =
        ClusterChoice.ofCommand(env, account, null, context).kubeconfig(sd("", "")).orElseThrow();
    Kubeconfig read = Kubeconfig.read(source);
    var settings = read.settings(new ManualTicker(), Map.of());
    String name = settings.tls().serverName();
    return settings.server()
        + (name.isEmpty() ? "" : " " + name)
        + " "
        + settings.credentials().header()
        + " "
        + read.namespace();
  }

  @Test
  void oneBrokenFileOfTheVariableIsAnError() throws Exception {
    Path good = kubeconfig("good", 1, 2);
    Path broken = Files.writeString(folder.resolve("broken"), "clusters: [");
    env.put("KUBECONFIG", good + ":" + broken);
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> port(sd("", "")))
        .withMessage("kubeconfig " + broken + ": line 1: not YAML");
    env.put("KUBECONFIG", good + ":" + folder);
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> port(sd("", "")))
        .withMessageStartingWith("kubeconfig " + folder + ": ");
  }
}
