package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.Exchange;
import io.promdisco.http.Request;
import io.promdisco.http.Sender;
import io.promdisco.http.ServerSettings;
import io.promdisco.http.tls.Pem;
import io.promdisco.server.access.WebSettings;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.Certificates.Content;
import io.promdisco.testing.ExpectsErrors;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSettingsTest {
  /** Hash of the password "secret" with the lowest cost. */
  private static final String HASH = hash("secret");

  @TempDir private Path folder = Path.of("");
  private final AtomicLong nanos = new AtomicLong();
  private final FakeBackend backend = new FakeBackend();
  private @Nullable PromdiscoServer server;

  private static String hash(String password) {
    return BCrypt.withDefaults().hashToString(4, password.toCharArray());
  }

  @BeforeEach
  void configure() {
    backend.configure("shop");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private PromdiscoServer start(String yaml) throws Exception {
    WebSettings settings = WebSettings.of(write("web.yml", yaml), nanos::get);
    PromdiscoServer started =
        PromdiscoServer.start(new PromdiscoServer.Options("127.0.0.1", 0, settings), backend);
    server = started;
    return started;
  }

  private void aSecondLater() {
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
  }

  private Certificates certificate(String name) throws Exception {
    Certificates made = Certificates.make("EC", "ip:127.0.0.1,dns:" + name);
    write(name + ".crt", made.certificate());
    write(name + "-ca.crt", made.authority());
    write(name + ".key", made.key());
    return made;
  }

  static SSLContext trusting(Certificates server, @Nullable Certificates presented)
      throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", Pem.certificates(server.authority(), "CA").get(0));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(presented == null ? null : keys(presented), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyManager[] keys(Certificates own) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own", Pem.key(own.key(), "own"), new char[0], new X509Certificate[] {own.x509()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    return keys.getKeyManagers();
  }

  private static int status(PromdiscoServer of, SSLContext tls, String... versions)
      throws IOException, InterruptedException {
    SSLParameters parameters = tls.getDefaultSSLParameters();
    if (versions.length > 0) {
      parameters.setProtocols(versions);
    }
    HttpClient client = HttpClient.newBuilder().sslContext(tls).sslParameters(parameters).build();
    return client.send(request(of, ""), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private static HttpRequest request(PromdiscoServer of, String credentials) {
    return request(of, "/-/healthy", credentials);
  }

  private static HttpRequest request(PromdiscoServer of, String path, String credentials) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(of.url() + path)).timeout(Duration.ofSeconds(20));
    if (!credentials.isEmpty()) {
      byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    return request.build();
  }

  private static HttpResponse<String> ask(PromdiscoServer of, String credentials)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(request(of, credentials), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void certificateIsReadAgain() throws Exception {
    Certificates first = certificate("a");
    PromdiscoServer started = start("tls_server_config: {cert_file: a.crt, key_file: a.key}\n");
    assertThat(started.url()).startsWith("https://");
    assertThat(status(started, trusting(first, null))).isEqualTo(200);

    Certificates second = certificate("a");
    assertThat(status(started, trusting(first, null))).isEqualTo(200);
    aSecondLater();
    assertThat(status(started, trusting(second, null))).isEqualTo(200);
    assertThatThrownBy(() -> status(started, trusting(first, null)))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  @ExpectsErrors("the new files are refused")
  void whatIsRefusedLaterChangesNothingAndIsSaidOnce() throws Exception {
    Certificates first = certificate("a");
    PromdiscoServer started = start("tls_server_config: {cert_file: a.crt, key_file: a.key}\n");
    try (CapturedLog log = new CapturedLog()) {
      write("a.crt", certificate("b").certificate()); // the certificate does not belong to the key
      for (int i = 0; i < 3; i++) {
        aSecondLater();
        assertThat(status(started, trusting(first, null))).isEqualTo(200);
      }
      assertThat(log.lines("ERROR"))
          .singleElement()
          .asString()
          .contains("web.yml: the previous settings stay in force")
          .contains(
              "tls_server_config.key: not the key of the first certificate in"
                  + " tls_server_config.cert");

      write("web.yml", "tls_server_config: {cert_file: missing.crt, key_file: a.key}\n");
      aSecondLater();
      assertThat(status(started, trusting(first, null))).isEqualTo(200);
      assertThat(log.lines("ERROR", "tls_server_config.cert_file", "no such file")).hasSize(1);

      write("web.yml", "{}");
      aSecondLater();
      assertThat(status(started, trusting(first, null))).isEqualTo(200);
      assertThat(log.lines("ERROR", "tls_server_config went (expected: a restart")).hasSize(1);
    }
  }

  @Test
  void clientWithoutTheRightCertificateIsRefused() throws Exception {
    Certificates own = certificate("server");
    Certificates client = certificate("client");
    Certificates stranger = certificate("stranger");
    PromdiscoServer started =
        start(
            """
            tls_server_config:
              cert_file: server.crt
              key_file: server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: client-ca.crt
              client_allowed_sans: [client]
            """);
    assertThat(status(started, trusting(own, client))).isEqualTo(200);
    assertThatThrownBy(() -> status(started, trusting(own, null))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> status(started, trusting(own, stranger)))
        .isInstanceOf(IOException.class);

    write(
        "web.yml",
        Files.readString(folder.resolve("web.yml")).replace("[client]", "[somebody.else]"));
    aSecondLater();
    assertThatThrownBy(() -> status(started, trusting(own, client)))
        .isInstanceOf(IOException.class);

    write(
        "web.yml",
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_auth_type:"
            + " RequireAnyClientCert}\n");
    aSecondLater();
    assertThat(status(started, trusting(own, stranger))).isEqualTo(200);
    assertThatThrownBy(() -> status(started, trusting(own, null))).isInstanceOf(IOException.class);
  }

  @Test
  void oldVersionIsRefused() throws Exception {
    Certificates own = certificate("server");
    PromdiscoServer started =
        start(
            "tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS13}");
    SSLContext context = trusting(own, null);
    assertThat(status(started, context, "TLSv1.3")).isEqualTo(200);
    assertThatThrownBy(() -> status(started, context, "TLSv1.2"))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/openapi.yaml",
        "/metrics",
        "/-/ready",
        "/http-sd",
        "/http-sd/shop",
        "/api/v1/targets",
        "/api/v1/targets/stream",
        "/api/v1/discovery/targets?q=x",
        "/api/v1/status/config"
      })
  void nothingIsShownWithoutThePassword(String path) throws Exception {
    backend.configure("shop");
    PromdiscoServer started = start("basic_auth_users: {anna: " + HASH + "}\n");
    HttpClient client = HttpClient.newHttpClient();
    for (String credentials : new String[] {"", "anna:Secret"}) {
      HttpResponse<String> refused =
          client.send(request(started, path, credentials), HttpResponse.BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.body()).doesNotContain("shop");
    }
    HttpResponse<InputStream> shown = // a stream does not end
        client.send(
            request(started, path, "anna:secret"), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(shown.statusCode()).isEqualTo(200);
    shown.body().close();
  }

  @Test
  void passwordIsAskedForAtEachRequestAndMayChange() throws Exception {
    PromdiscoServer started = start("basic_auth_users: {anna: " + HASH + "}\n");
    HttpResponse<String> refused = ask(started, "");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Basic");
    assertThat(ask(started, "anna:secret").statusCode()).isEqualTo(200);
    assertThat(ask(started, "anna:secret").statusCode()).isEqualTo(200);
    for (String wrong :
        new String[] {
          "anna:Secret", "anna:", "anna", "bert:secret", ":", "anna:" + "s".repeat(100)
        }) {
      assertThat(ask(started, wrong).statusCode()).as(wrong).isEqualTo(401);
    }

    write("web.yml", "basic_auth_users: {bert: " + hash("other") + "}\n");
    aSecondLater();
    assertThat(ask(started, "anna:secret").statusCode()).isEqualTo(401);
    assertThat(ask(started, "bert:other").statusCode()).isEqualTo(200);
  }

  @Test
  void hashThatTakesHoursToCheckIsRefused() throws Exception {
    assertThatThrownBy(
            () -> start("basic_auth_users: {anna: " + HASH.replace("$04$", "$31$") + "}"))
        .hasMessage(
            "basic_auth_users: user \"anna\": bcrypt cost 31, which takes minutes or more for each"
                + " password (expected: at most 18, for example from htpasswd -nBC 10)");
  }

  @Test
  @ExpectsErrors("the empty file is refused")
  void fileThatBecomesEmptyTakesNoPasswordAway() throws Exception {
    PromdiscoServer started = start("basic_auth_users: {anna: " + HASH + "}\n");
    try (CapturedLog log = new CapturedLog()) {
      write("web.yml", "\n");
      aSecondLater();
      assertThat(ask(started, "").statusCode()).isEqualTo(401);
      assertThat(ask(started, "anna:secret").statusCode()).isEqualTo(200);
      assertThat(log.lines("ERROR", "web.yml: empty (expected: {}")).hasSize(1);

      write("web.yml", "{}\n");
      aSecondLater();
      assertThat(ask(started, "").statusCode()).isEqualTo(200);
      assertThat(log.lines("WARN", "passwords are no longer required")).hasSize(1);
    }
  }

  @Test
  void configuredHeadersAreOnEveryAnswer() throws Exception {
    PromdiscoServer started =
        start(
            "http_server_config: {headers: {X-Frame-Options: deny}}\n"
                + "basic_auth_users: {anna: "
                + HASH
                + "}\n");
    assertThat(ask(started, "").headers().firstValue("X-Frame-Options")).contains("deny");
    assertThat(ask(started, "anna:secret").headers().firstValue("X-Frame-Options"))
        .contains("deny");
  }

  @Test
  void openAddressIsWarnedOfUnlessSomebodyIsAsked() throws Exception {
    certificate("a");
    String tls = "tls_server_config: {cert_file: a.crt, key_file: a.key}\n";
    String users = "basic_auth_users: {anna: " + HASH + "}\n";
    assertThat(warning(tls)).contains("no password or certificate is required");
    assertThat(warning(users)).contains("passwords are sent unencrypted");
    assertThat(warning(tls + users)).isEmpty();
  }

  private String warning(String yaml) throws Exception {
    WebSettings settings = WebSettings.of(write("web.yml", yaml));
    try (CapturedLog log = new CapturedLog();
        PromdiscoServer open =
            PromdiscoServer.start(new PromdiscoServer.Options("0.0.0.0", 0, settings), backend)) {
      assertThat(open.port()).isPositive();
      return String.join("\n", log.lines("WARN"));
    }
  }

  /** Native TLS, if it is on the class path. */
  @ParameterizedTest
  @CsvSource({
    "TLS12, EC",
    "TLS13, EC",
    "TLS12, RSA",
    "TLS13, RSA",
    "TLS12, Ed25519",
    "TLS13, Ed25519"
  })
  void ourOwnClientsAreVerifiedThroughAnIntermediateCa(String version, String keyAlgorithm)
      throws Exception {
    Certificates own = certificate("server");
    Certificates ca = Certificates.authority("clients");
    Certificates between = ca.issue(Content.of("between", "EC", "").authority());
    Certificates client = between.issue(Content.of("client", keyAlgorithm, ""));
    Certificates stranger = Certificates.make(keyAlgorithm, "dns:stranger");
    write("clients-ca.crt", ca.certificate());
    PromdiscoServer started =
        start(
            """
            tls_server_config:
              cert_file: server.crt
              key_file: server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: clients-ca.crt
            """);
    String url = started.url().toString();
    assertThat(healthy(url, own, client, version)).isEqualTo(200);
    assertThatThrownBy(() -> healthy(url, own, stranger, version))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the client certificate was \"CN=test-");
  }

  private static int healthy(String url, Certificates server, Certificates client, String version)
      throws Exception {
    TlsConfig tls =
        new TlsConfig(
            server.authority(),
            "",
            client.chain(),
            "",
            new Secret(client.key()),
            "",
            "",
            false,
            version,
            version);
    ManualTicker ticker = new ManualTicker();
    ServerSettings settings =
        ServerSettings.of(url, "url", HttpClientConfigs.withTls(tls), Map.of(), ticker);
    URI uri = URI.create(url + "/-/healthy");
    try (Sender sender = new Sender(settings, ticker);
        Exchange exchange = sender.send(Request.get(uri, "*/*", Duration.ofSeconds(20)))) {
      return exchange.code();
    }
  }

  @Test
  void certificateThatIsNoneIsOneLine() throws IOException {
    write("a.crt", "nothing");
    write("a.key", "nothing");
    Path file = write("web.yml", "tls_server_config: {cert_file: a.crt, key_file: a.key}\n");
    assertThatThrownBy(() -> WebSettings.of(file))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("tls_server_config\\.key: no private key in it \\(expected PEM\\)");
  }
}
