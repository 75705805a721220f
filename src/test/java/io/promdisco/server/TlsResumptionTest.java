package io.promdisco.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.http.tls.Pem;
import io.promdisco.server.access.WebSettings;
import io.promdisco.testing.Certificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that resumes its TLS session or keeps its connection is checked with the current
 * settings, not with those at the start of the session or connection.
 */
@Timeout(60)
final class TlsResumptionTest {
  private static final String BEGIN =
      """
      tls_server_config:
        cert_file: server.crt
        key_file: server.key
      """;

  private static final String VERIFY = "  client_auth_type: RequireAndVerifyClientCert\n";
  private static final String ANY = "  client_auth_type: RequestClientCert\n";

  @TempDir private static Path folder = Path.of("");

  private static @Nullable Certificates own;

  private final AtomicLong nanos = new AtomicLong();
  private final FakeBackend backend = new FakeBackend();
  private @Nullable PromdiscoServer server;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificate("server");
    certificate("other");
    own = certificate("client");
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

  private int start(String yaml) throws Exception {
    WebSettings settings = WebSettings.of(write("web.yml", yaml), nanos::get);
    PromdiscoServer started =
        PromdiscoServer.start(new PromdiscoServer.Options("127.0.0.1", 0, settings), backend);
    server = started;
    return started.port();
  }

  private void change(String yaml) throws IOException {
    write("web.yml", yaml);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
  }

  private static Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Certificates certificate(String name) throws Exception {
    Certificates made = Certificates.make("EC", "ip:127.0.0.1,dns:" + name);
    write(name + ".crt", made.certificate());
    write(name + "-ca.crt", made.authority());
    write(name + ".key", made.key());
    return made;
  }

  /** A client that keeps its sessions, and counts how often the server sends a certificate. */
  private static final class Client {
    final AtomicInteger fullHandshakes = new AtomicInteger();
    private final SSLContext tls;
    private final String version;
    private final int port;

    Client(String version, int port) throws Exception {
      this.version = version;
      this.port = port;
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Certificates mine = Objects.requireNonNull(own);
      store.setKeyEntry(
          "own", Pem.key(mine.key(), "own"), new char[0], new X509Certificate[] {mine.x509()});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), new TrustManager[] {new Counting()}, null);
    }

    private final class Counting implements X509TrustManager {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String type) {
        throw new AssertionError("a client checks no clients");
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String type) {
        fullHandshakes.incrementAndGet();
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    }

    SSLSocket connect() throws IOException {
      // With the name and port under which the session is kept.
      SSLSocket socket =
          (SSLSocket)
              tls.getSocketFactory()
                  .createSocket(
                      new Socket(InetAddress.getLoopbackAddress(), port), "127.0.0.1", port, true);
      socket.setEnabledProtocols(new String[] {version});
      socket.setSoTimeout(20_000);
      return socket;
    }

    /** The status over a new connection, or the failure if there is none. */
    String ask() {
      try (SSLSocket socket = connect()) {
        return status(socket);
      } catch (IOException e) {
        return e.toString();
      }
    }
  }

  /** Sends a request over a connection and reads the whole answer. */
  private static String status(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1));
    BufferedReader answer =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    String status = String.valueOf(answer.readLine());
    int length = 0;
    for (String line = answer.readLine();
        line != null && !line.isEmpty();
        line = answer.readLine()) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    for (int i = 0; i < length; i++) {
      answer.read();
    }
    return status;
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, CA",
    "TLSv1.3, CA",
    "TLSv1.2, SAN",
    "TLSv1.3, SAN",
    "TLSv1.2, TYPE",
    "TLSv1.3, TYPE",
  })
  void aClientThatIsNoLongerAllowedIsRefusedOnKeptConnectionsToo(String version, String changed)
      throws Exception {
    String first =
        switch (changed) {
          case "CA", "SAN" ->
              BEGIN + VERIFY + "  client_ca_file: client-ca.crt\n  client_allowed_sans: [client]\n";
          default -> BEGIN + ANY;
        };
    Client client = new Client(version, start(first));
    try (SSLSocket kept = client.connect()) {
      assertThat(status(kept)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(client.ask()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(client.fullHandshakes).as("the second connection resumed").hasValue(1);

      change(
          switch (changed) {
            case "CA" ->
                first.replace("client_ca_file: client-ca.crt", "client_ca_file: other-ca.crt");
            case "SAN" -> first.replace("[client]", "[other]");
            default -> BEGIN + VERIFY + "  client_ca_file: other-ca.crt\n";
          });

      assertThat(client.ask()).doesNotContain("200");
      assertThat(status(kept)).isEqualTo("HTTP/1.1 403 Forbidden");
      assertThat(kept.getInputStream().read()).as("closed").isEqualTo(-1);
      assertThat(client.ask()).doesNotContain("200");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSessionWithoutACertificateIsRefusedOnceOneIsRequired(String version) throws Exception {
    Client client = new Client(version, start(BEGIN)); // the server asks for no client certificate
    try (SSLSocket kept = client.connect()) {
      assertThat(status(kept)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(client.ask()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(client.fullHandshakes).as("the second connection resumed").hasValue(1);

      change(BEGIN + VERIFY + "  client_ca_file: client-ca.crt\n");

      assertThat(status(kept)).isEqualTo("HTTP/1.1 403 Forbidden");
      assertThat(client.ask()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(client.fullHandshakes).as("with the certificate, anew").hasValue(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientThatIsStillAllowedKeepsItsConnection(String version) throws Exception {
    String first = BEGIN + VERIFY + "  client_ca_file: client-ca.crt\n";
    Client client = new Client(version, start(first));
    try (SSLSocket kept = client.connect()) {
      assertThat(status(kept)).isEqualTo("HTTP/1.1 200 OK");

      change(first + "  client_allowed_sans: [client, other]\n");

      assertThat(status(kept)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(client.ask()).isEqualTo("HTTP/1.1 200 OK");
    }
  }
}
