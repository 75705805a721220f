package io.promdisco.providers.kubernetes.client;

import static io.promdisco.testing.FakeServer.json;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.http.tls.Pem;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final String LIST =
      "{\"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}}";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // Before the first test.
  private static Certificates here;

  @SuppressWarnings("NullAway.Init") // Before the first test.
  private static Certificates elsewhere;

  @BeforeAll
  static void makeCertificates() throws Exception {
    here = Certificates.make("RSA", "ip:127.0.0.1");
    elsewhere = Certificates.make("EC", "dns:api.example");
  }

  private static TlsConfig tls(String ca, String caFile, String serverName, boolean insecure) {
    return TlsConfig.builder()
        .ca(ca)
        .caFile(caFile)
        .serverName(serverName)
        .insecureSkipVerify(insecure)
        .build();
  }

  private static TlsConfig withClient(String ca, String cert, String key) {
    return TlsConfig.builder().ca(ca).clientCertificate(cert, new Secret(key)).build();
  }

  private static ResourceClient client(String url, TlsConfig tls) throws DiscoveryException {
    return new ApiServerClientFactory(new ManualTicker(), Map.of(), Path.of("/nowhere"))
        .open(ApiServerClientTest.config(url, HttpClientConfigs.withTls(tls)));
  }

  private static void list(String url, TlsConfig tls)
      throws IOException, InterruptedException, DiscoveryException {
    try (ResourceClient client = client(url, tls)) {
      client.list(Resource.PODS, WatchScope.ALL, 0, "", pod -> {});
    }
  }

  private static FakeServer api(Certificates certificates) throws GeneralSecurityException {
    return FakeServer.start(certificates.server(), json(200, LIST));
  }

  @Test
  void aServerIsTrustedWhoseCertificateIsSignedByTheCa() throws Exception {
    Path file = Files.writeString(folder.resolve("ca.crt"), here.authority());
    try (FakeServer api = api(here)) {
      list(api.url(), tls(here.authority(), "", "", false));
      list(api.url(), tls("", file.toString(), "", false));
      assertThat(api.requests).hasSize(2);
    }
  }

  @Test
  void aServerOfAnotherCaIsRefusedWithOneClearLine() throws Exception {
    Path file = Files.writeString(folder.resolve("other.crt"), elsewhere.authority());
    try (FakeServer api = api(here)) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> list(api.url(), tls("", file.toString(), "", false)))
          .withMessageStartingWith(
              "cannot verify the certificate of " + api.url() + ": it is issued by \"CN=ca-")
          .withMessageContaining("a CA that is not in " + file);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> list(api.url(), TlsConfig.DEFAULT))
          .withMessageContaining("a CA that is not among those that this JVM trusts");
      assertThat(api.requests).isEmpty();
    }
  }

  @Test
  void theNameInTheCertificateIsCheckedAgainstTheUrlOrTheServerName() throws Exception {
    try (FakeServer api = api(elsewhere)) {
      String ca = elsewhere.authority();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> list(api.url(), tls(ca, "", "", false)))
          .withMessageContaining("it is valid for api.example, not for 127.0.0.1");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> list(api.url(), tls(ca, "", "wrong.example", false)))
          .withMessageContaining("it is valid for api.example, not for wrong.example");
      list(api.url(), tls(ca, "", "api.example", false));
      assertThat(api.requests).hasSize(1);
    }
  }

  @Test
  void insecureSkipVerifyTrustsAnybody() throws Exception {
    try (FakeServer api = api(elsewhere)) {
      list(api.url(), tls("", "", "", true));
      assertThat(api.requests).hasSize(1);
    }
  }

  @Test
  void aServerThatDoesNotSpeakTlsIsOneClearLine() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "https://127.0.0.1:" + server.getLocalPort();
      CompletableFuture<Void> answering =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = server.accept()) {
                  assertThat(socket.getInputStream().read()).isNotNegative();
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                  socket.shutdownOutput();
                  socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> list(url, tls("", "", "", true)))
          .withMessage(url + " does not speak TLS");
      answering.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aClientCertificateIsShown() throws Exception {
    for (Certificates both : new Certificates[] {here, ecHere()}) {
      try (FakeServer api = FakeServer.start(both.server(), true, json(200, LIST))) {
        String ca = both.authority();
        list(api.url(), withClient(ca, both.certificate(), both.key()));
        assertThat(api.requests).hasSize(1);
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> list(api.url(), tls(ca, "", "", false)))
            .withMessageContaining(api.url());
      }
    }
  }

  private static Certificates ecHere() throws Exception {
    return Certificates.make("EC", "ip:127.0.0.1");
  }

  @Test
  void theProtocolVersionsCanBeChosen() throws Exception {
    try (FakeServer api = api(here)) {
      for (String version : new String[] {"TLS12", "TLS13"}) {
        list(
            api.url(),
            TlsConfig.builder()
                .ca(here.authority())
                .minVersion(version)
                .maxVersion(version)
                .build());
      }
      assertThat(api.requests).hasSize(2);
    }
    refused(
        TlsConfig.builder().minVersion("TLS13").maxVersion("TLS12").build(),
        "tls_config.min_version: TLS13 (expected at most max_version, TLS12)");
    refused(
        TlsConfig.builder().minVersion("SSL3").build(),
        "tls_config.min_version: SSL3 (expected one of TLS10, TLS11, TLS12, TLS13)");
  }

  private static void refused(TlsConfig tls, String message) {
    assertThatExceptionOfType(DiscoveryException.class)
        .isThrownBy(() -> client("https://127.0.0.1:1", tls).close())
        .withMessage(message);
  }

  @Test
  void aFileThatCannotBeReadIsNamedWithItsSetting() throws Exception {
    refused(tls("", "/no/ca", "", false), "tls_config.ca_file: /no/ca: no such file");
    Path junk = Files.writeString(folder.resolve("junk"), "hello");
    refused(
        tls("", junk.toString(), "", false),
        "tls_config.ca_file: " + junk + ": no certificate in it (expected PEM)");
    refused(
        withClient("", here.certificate(), "hello"),
        "tls_config.key: no private key in it (expected PEM)");
    refused(
        withClient("", here.certificate(), ""),
        "tls_config.key: not set (expected certificate and key)");
  }

  @Test
  void keysAreReadInAllThreeFormats() throws Exception {
    for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
      PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
      assertThat(Pem.key(pem("PRIVATE KEY", key.getEncoded()), "k")).isEqualTo(key);
    }
    byte[] rsa = here.keyBytes();
    assertThat(Pem.key(pem("RSA PRIVATE KEY", inner(rsa)), "k").getEncoded()).isEqualTo(rsa);
    String ec =
        """
        -----BEGIN EC PARAMETERS-----
        BggqhkjOPQMBBw==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIIAEzFPpFNTJqTiWFfhJw4LOpOQtVVrXmkUKd4rDRRSyoAoGCCqGSM49
        AwEHoUQDQgAEHKzNGNeRIzVkYaqw5RKfxkZgZVsX0CAWSK1C2UVAQGzHsZuqLrfA
        P9bkjzS1W+mfzLrtpTtF8cGfkQ3dYIAEzA==
        -----END EC PRIVATE KEY-----
        """;
    assertThat(Pem.key(ec, "k").getAlgorithm()).isEqualTo("EC");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Pem.key(pem("ENCRYPTED PRIVATE KEY", new byte[9]), "k"))
        .withMessage(
            "k: the private key is encrypted (expected: a key without password;"
                + " openssl pkey -in KEY -out NEW decrypts it)");
    for (String type : new String[] {"", "RSA ", "EC "}) {
      for (int length = 0; length < 40; length++) {
        byte[] cut = Arrays.copyOf(rsa, length);
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> Pem.key(pem(type + "PRIVATE KEY", cut), "k"))
            .withMessageStartingWith("k: ");
      }
    }
  }

  /** Returns the PKCS #1 key inside a PKCS #8 key of at least 2048 bits. */
  private static byte[] inner(byte[] pkcs8) {
    return Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getEncoder().encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
