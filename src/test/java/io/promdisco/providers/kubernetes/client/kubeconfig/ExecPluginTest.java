package io.promdisco.providers.kubernetes.client.kubeconfig;

import static io.promdisco.testing.FakeServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsExchange;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.http.tls.ClientKey;
import io.promdisco.http.tls.Pem;
import io.promdisco.providers.kubernetes.client.InClusterClients;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Credential plugins of kubeconfigs. What they receive, and which of their answers are accepted,
 * was recorded from client-go 0.36.3.
 */
class ExecPluginTest {
  private static final String V1 = "client.authentication.k8s.io/v1";
  private static final String LIST =
      "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}}";

  @TempDir static Path shared;
  private static Certificates certificates;

  @TempDir Path folder;
  private final ManualTicker ticker = new ManualTicker();

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.make("EC", "ip:127.0.0.1");
  }

  @BeforeEach
  void writeAuthority() throws Exception {
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
  }

  private FakeServer api() throws Exception {
    return FakeServer.start(certificates.server(), json(200, LIST));
  }

  private ResourceClient open(Path kubeconfig) throws DiscoveryException {
    KubernetesSdConfig config =
        new KubernetesSdConfig(
            KubernetesSdConfig.Role.POD,
            Optional.empty(),
            Optional.of(kubeconfig.toString()),
            HttpClientConfig.DEFAULT,
            false,
            List.of(),
            List.of(),
            KubernetesSdConfig.AttachMetadata.NONE);
    return InClusterClients.of(ticker, Map.of(), folder).open(config);
  }

  private static void list(ResourceClient client) throws IOException, InterruptedException {
    client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
  }

  private void list(Path kubeconfig) throws IOException, InterruptedException, DiscoveryException {
    try (ResourceClient client = open(kubeconfig)) {
      list(client);
    }
  }

  private static List<String> authorizations(FakeServer api) {
    return api.requests.stream().map(request -> request.header("Authorization")).toList();
  }

  /** A kubeconfig whose user has a shell script as plugin. */
  private Path plugin(String cluster, String script, String more) throws IOException {
    Path file = Files.writeString(folder.resolve("plugin"), "#!/bin/sh\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return Files.writeString(
        folder.resolve("config"),
        """
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {%s}}]
        users:
        - name: u
          user:
            exec:
              apiVersion: %s
              command: ./plugin
              args: [get, token]
              env: [{name: FLAVOUR, value: bitter}, {name: FLAVOUR, value: sour}]
              interactiveMode: Never
        """
                .formatted(cluster, V1)
            + more.indent(6));
  }

  private Path plugin(FakeServer api, String script, String more) throws IOException {
    return plugin("server: '" + api.url() + "', certificate-authority: ca.crt", script, more);
  }

  /** A plugin that prints {@code output}. */
  private Path printing(FakeServer api, String output) throws IOException {
    Path file = Files.writeString(folder.resolve("output"), output);
    return plugin(api, "cat '" + file + "'\n", "");
  }

  private static String credential(String status) {
    return "{\"kind\": \"ExecCredential\", \"apiVersion\": \""
        + V1
        + "\", \"status\": {"
        + status
        + "}}";
  }

  private static String quoted(String pem) {
    return "\"" + pem.replace("\n", "\\n") + "\"";
  }

  private void failing(Path kubeconfig, String message) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> list(kubeconfig))
        .withMessage("exec plugin " + folder.resolve("plugin") + ": " + message);
  }

  @Test
  void aPluginIsRunForATokenThatIsKeptUntilItExpires() throws Exception {
    Path count = folder.resolve("count");
    String script =
        "echo x >> "
            + count
            + "\nn=$(wc -l < "
            + count
            + ")\necho \""
            + credential(
                    "\"token\": \"$1-$2-$FLAVOUR-$n\","
                        + " \"expirationTimestamp\": \"2026-01-01T02:10:00+02:00\"")
                .replace("\"", "\\\"")
            + "\"\n";
    try (FakeServer api = api();
        ResourceClient client = open(plugin(api, script, ""))) {
      list(client);
      list(client);
      ticker.advance(Duration.ofMinutes(10));
      list(client);
      assertThat(authorizations(api))
          .containsExactly(
              "Bearer get-token-sour-1", "Bearer get-token-sour-1", "Bearer get-token-sour-2");
    }
  }

  @Test
  void aPluginIsRunAgainWhenTheServerRefusesItsToken() throws Exception {
    try (FakeServer api = api();
        ResourceClient client = open(printing(api, credential("\"token\": \"old\"")))) {
      list(client);
      api.answer(
          exchange -> {
            String given = exchange.getRequestHeaders().getFirst("Authorization");
            json(given.equals("Bearer new") ? 200 : 401, LIST).handle(exchange);
          });
      Files.writeString(folder.resolve("output"), credential("\"token\": \"new\""));
      list(client);
      assertThat(authorizations(api)).containsExactly("Bearer old", "Bearer old", "Bearer new");
    }
  }

  private JsonNode info(String cluster, String more) throws Exception {
    Path info = folder.resolve("info");
    String script =
        "printf %s \"$KUBERNETES_EXEC_INFO\" > '"
            + info
            + "'\necho '"
            + credential("\"token\": \"t\"")
            + "'\n";
    KubeconfigSource source = KubeconfigSource.of(plugin(cluster, script, more), "");
    String header = Kubeconfig.read(source).settings(ticker, Map.of()).credentials().header();
    assertThat(header).isEqualTo("Bearer t");
    return new ObjectMapper().readTree(Files.readString(info));
  }

  private static JsonNode credentialOf(String spec) throws IOException {
    return new ObjectMapper()
        .readTree(
            "{\"kind\": \"ExecCredential\", \"apiVersion\": \""
                + V1
                + "\", \"spec\": "
                + spec
                + "}");
  }

  @Test
  void aPluginGetsNoClusterInformationUnlessItAsksForIt() throws Exception {
    assertThat(info("server: 'https://127.0.0.1:1'", ""))
        .isEqualTo(credentialOf("{\"interactive\": false}"));
  }

  @Test
  void aPluginGetsTheClusterInformationThatClientGoPasses() throws Exception {
    String ca = Base64.getEncoder().encodeToString(certificates.authority().getBytes(UTF_8));
    JsonNode told =
        info(
            """
            server: "https://127.0.0.1:1/p/?x=1", certificate-authority: ca.crt, tls-server-name: api,
            disable-compression: true, proxy-url: "http://127.0.0.1:9/x", extensions: [
            {name: client.authentication.k8s.io/exec, extension: {audience: aud-1, n: 2, f: 2.50,
            g: 1e3, z: null, l: [a, 1.0], h: 0x10, o: 0644, big: 12345678901234567890, neg: -1.5e-7,
            d: 2026-01-02, 5: x, "k<": "é"}}, {name: other, extension: 1}]
            """,
            "provideClusterInfo: true");
    assertThat(told)
        .isEqualTo(
            credentialOf(
                """
                {"interactive": false, "cluster": {"server": "https://127.0.0.1:1/p/",
                "tls-server-name": "api", "certificate-authority-data": "%s",
                "proxy-url": "http://127.0.0.1:9/x", "disable-compression": true, "config": {
                "audience": "aud-1", "false": 2, "f": 2.5, "g": 1000, "z": null, "l": ["a", 1],
                "h": 16, "o": 420, "big": 12345678901234567890, "neg": -1.5e-7, "d": "2026-01-02",
                "5": "x", "k<": "é"}}}
                """
                    .formatted(ca)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "null | null",
        "{} | {}",
        "text | \"text\"",
        "[1, yes] | [1, true]",
        "{<<: {a: 1}, b: {c: ~}} | {\"a\": 1, \"b\": {\"c\": null}}"
      })
  void anExtensionOfAnyTypeIsPassedOn(String extension, String config) throws Exception {
    JsonNode told =
        info(
            "server: 'https://127.0.0.1:1', insecure-skip-tls-verify: true, extensions: ["
                + "{name: client.authentication.k8s.io/exec, extension: "
                + extension
                + "}]",
            "provideClusterInfo: true");
    assertThat(told)
        .isEqualTo(
            credentialOf(
                "{\"interactive\": false, \"cluster\": {\"server\": \"https://127.0.0.1:1\","
                    + " \"insecure-skip-tls-verify\": true, \"config\": "
                    + config
                    + "}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'apiVersion':'V1','status':{'token':'t'}}",
        "{'kind':'ExecCredential','apiVersion':'V1','more':1,'status':{'token':'t','more':2}}",
        "{'kind':'ExecCredential','apiVersion':'V1','status':{'token':'t','expirationTimestamp':null}}",
        "{'apiVersion':'V1','status':{'token':'t','expirationTimestamp':'2090-01-01T00:00:00.12Z'}}",
        "{apiVersion: V1, kind: ExecCredential, status: {token: t}}"
      })
  void acceptsTheseOutputs(String output) throws Exception {
    try (FakeServer api = api()) {
      list(printing(api, output.replace("'", "\"").replace("V1", V1)));
      assertThat(authorizations(api)).containsExactly("Bearer t");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "hello | its output is not an ExecCredential",
        "~~ | apiVersion: not set (expected: V1)",
        "{'status':{'token':'t'}} | apiVersion: not set (expected: V1)",
        "{'apiVersion':'V1beta1','status':{'token':'t'}} | apiVersion: another value (expected:"
            + " V1)",
        "{'kind':'Pod','apiVersion':'V1'} | kind: another value (expected: ExecCredential)",
        "{'apiVersion':'V1'} | status: neither token nor clientCertificateData",
        "{'apiVersion':'V1','status':{}} | status: neither token nor clientCertificateData",
        "{'apiVersion':'V1','status':{'token':5}} | its output: status: token: a number (expected:"
            + " a string, in quotes)",
        "{'apiVersion':'V1','status':{'token':'t','clientKeyData':'x'}} | status: only one of"
            + " clientCertificateData and clientKeyData (expected: both)",
        "{'apiVersion':'V1','status':{'token':'t','expirationTimestamp':'soon'}} |"
            + " expirationTimestamp: not a time (expected: a time as in RFC 3339)"
      })
  void theseAnswersAreRefused(String output, String message) throws Exception {
    try (FakeServer api = api()) {
      failing(
          printing(api, output.replace("'", "\"").replace("V1", V1)), message.replace("V1", V1));
      assertThat(api.requests).isEmpty();
    }
  }

  @Test
  void aPluginThatFailsIsOneClearLine() throws Exception {
    try (FakeServer api = api()) {
      failing(plugin(api, "echo please log in >&2\nexit 3", ""), "exit code 3: please log in");
      Path file = plugin(api, "", "installHint: |\n  get it from the shop\n  or elsewhere");
      Files.delete(folder.resolve("plugin"));
      failing(file, "cannot be run: No such file or directory (get it from the shop)");
      assertThat(api.requests).isEmpty();
    }
  }

  @Test
  void aPluginThatPrintsTooMuchIsKilled() throws Exception {
    try (FakeServer api = api()) {
      failing(plugin(api, "exec cat /dev/zero", ""), "printed more than 1024 KiB and was killed");
      failing(plugin(api, "cat /dev/zero", ""), "printed more than 1024 KiB and was killed");
    }
  }

  @Test
  void errorsOfAnyLengthAreReadAndLeftOut() throws Exception {
    try (FakeServer api = api()) {
      list(
          plugin(
              api,
              "head -c 5000000 /dev/zero >&2\necho '" + credential("\"token\": \"t\"") + "'",
              ""));
      assertThat(authorizations(api)).containsExactly("Bearer t");
    }
  }

  @Test
  void aPluginThatNeverEndsIsKilledWithItsChildrenAfterAMinute() throws Exception {
    Path pids = folder.resolve("pids");
    try (FakeServer api = api()) {
      Path file =
          plugin(
              api,
              "echo log in at https://login.example >&2\nsleep 1000 &\necho $$ $! > '"
                  + pids
                  + ".new'; mv '"
                  + pids
                  + ".new' '"
                  + pids
                  + "'\nwait",
              "");
      CompletableFuture<Void> listing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  list(file);
                } catch (IOException | InterruptedException | DiscoveryException e) {
                  throw new IllegalStateException(e.getMessage(), e);
                }
              });
      ticker.awaitAlarms(1);
      List<ProcessHandle> running = running(pids);
      assertThat(running).hasSize(2);
      ticker.advance(Duration.ofSeconds(59));
      assertThat(listing).isNotDone();
      ticker.advance(Duration.ofSeconds(1));
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> listing.get(10, TimeUnit.SECONDS))
          .havingRootCause()
          .withMessage("did not end within 60 s and was killed: log in at https://login.example");
      for (ProcessHandle process : running) {
        process.onExit().get(10, TimeUnit.SECONDS);
      }
      assertThat(api.requests).isEmpty();
    }
  }

  @Test
  void outputOfAKilledPluginIsInTheErrorEvenIfItWasNotReadYet() throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "echo why >&2; echo ready; exec sleep 1000").start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    assertThatIOException()
        .isThrownBy(() -> PluginProcess.run(process, Duration.ofSeconds(7), 1000, new Hasty()))
        .withMessage("did not end within 7 s and was killed: why");
  }

  /** A ticker whose alarms ring as soon as they are set. */
  private static final class Hasty implements Ticker {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Alarm schedule(Duration delay, Runnable task) {
      task.run();
      return () -> {};
    }
  }

  private static List<ProcessHandle> running(Path pids) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!Files.exists(pids)) {
      assertThat(System.nanoTime() - end).as("the plugin has not started").isNegative();
      Thread.onSpinWait();
    }
    return Files.readString(pids)
        .strip()
        .lines()
        .flatMap(line -> List.of(line.split(" ")).stream())
        .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
        .toList();
  }

  @Test
  void aPluginMayGiveAClientCertificate() throws Exception {
    try (FakeServer api = FakeServer.start(certificates.server(), true, json(200, LIST))) {
      list(
          printing(
              api,
              credential(
                  "\"clientCertificateData\": "
                      + quoted(certificates.certificate())
                      + ", \"clientKeyData\": "
                      + quoted(certificates.key()))));
      assertThat(api.requests).hasSize(1);
    }
  }

  /** A TLS context of a server that accepts any client certificate. */
  private static SSLContext trustingAll() throws Exception {
    ClientKey own =
        new ClientKey(
            Pem.key(certificates.key(), "key"),
            Pem.certificates(certificates.certificate(), "certificate"));
    X509TrustManager trust =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {ClientKey.manager(() -> own)}, new TrustManager[] {trust}, null);
    return context;
  }

  /** The server refuses the first certificate, as it would an expired one. */
  @Test
  void aRenewedClientCertificateIsShownOverANewConnection() throws Exception {
    Certificates renewed = Certificates.make("EC", "ip:127.0.0.1");
    String first =
        credential(
            "\"clientCertificateData\": "
                + quoted(certificates.certificate())
                + ", \"clientKeyData\": "
                + quoted(certificates.key()));
    String second =
        credential(
            "\"clientCertificateData\": "
                + quoted(renewed.certificate())
                + ", \"clientKeyData\": "
                + quoted(renewed.key()));
    try (FakeServer api = FakeServer.start(trustingAll(), true, json(200, LIST));
        ResourceClient client = open(printing(api, first))) {
      list(client);
      api.answer(
          exchange -> {
            String name = ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName();
            boolean isNew = name.equals(renewed.x509().getSubjectX500Principal().getName());
            json(isNew ? 200 : 401, LIST).handle(exchange);
          });
      Files.writeString(folder.resolve("output"), second);
      assertThatExceptionOfType(ApiException.class).isThrownBy(() -> list(client));
      list(client);
      assertThat(api.problems).isEmpty();
    }
  }
}
