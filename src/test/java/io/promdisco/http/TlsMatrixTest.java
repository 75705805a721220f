package io.promdisco.http;

import static io.promdisco.testing.FakeServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.tls.TlsImplementation;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.Certificates.Content;
import io.promdisco.testing.FakeServer;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.SkipReason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections to a server with the JDK's TLS: each implementation, each TLS version, each type of
 * key, and valid and invalid certificates. Each row contains the outcome.
 */
class TlsMatrixTest {
  private static final List<String> VERSIONS = List.of("TLS12", "TLS13");
  private static final List<String> KEYS = List.of("RSA", "EC", "Ed25519");
  private static final Duration PAUSE = Duration.ofSeconds(20);
  private static final Instant PAST = Instant.parse("2020-01-02T03:04:05Z");
  private static final Instant FUTURE = Instant.parse("2099-01-02T03:04:05Z");
  private static final String HERE = "ip:127.0.0.1";

  @TempDir static Path folder;

  /** Creates the server's certificates and those that the client trusts. */
  private interface Setup {
    Presented make(String keyAlgorithm) throws GeneralSecurityException;
  }

  private record Presented(Certificates server, boolean withIntermediates, String authority) {}

  /**
   * A row of the table.
   *
   * @param url the host to connect to
   * @param serverName the setting, or empty
   * @param outcome empty for an answer; otherwise the end of the error, with CA for the file
   */
  private record Row(String what, Setup setup, String url, String serverName, String outcome) {
    Row(String what, Setup setup, String outcome) {
      this(what, setup, "127.0.0.1", "", outcome);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  private static Setup issued(Content content) {
    return key -> issued(key, content);
  }

  private static Presented issued(String key, Content content) throws GeneralSecurityException {
    Certificates ca = Certificates.authority("root");
    return new Presented(ca.issue(with(key, content)), true, ca.certificate());
  }

  private static Content with(String key, Content content) {
    return new Content(
        content.subject(),
        key,
        content.names(),
        content.isAuthority(),
        content.begin(),
        content.end(),
        content.keyUsage());
  }

  private static Content server(String names) {
    return Content.of("server", "EC", names);
  }

  private static Presented intermediate(String key, boolean isSent, Content of)
      throws GeneralSecurityException {
    Certificates ca = Certificates.authority("root");
    Certificates between = ca.issue(of);
    return new Presented(between.issue(Content.of("server", key, HERE)), isSent, ca.certificate());
  }

  private static Content between() {
    return Content.of("between", "EC", "").authority();
  }

  private static final List<Row> ROWS =
      List.of(
          new Row(
              "self-signed and trusted",
              key -> {
                Certificates self = Certificates.selfSigned(Content.of("server", key, HERE));
                return new Presented(self, true, self.certificate());
              },
              ""),
          new Row(
              "self-signed CA and trusted",
              key -> {
                Certificates self =
                    Certificates.selfSigned(
                        Content.of("server", key, HERE).authority().usage(0x84));
                return new Presented(self, true, self.certificate());
              },
              ""),
          new Row("issued by the CA", issued(server(HERE)), ""),
          new Row(
              "issued by the CA, and pinned",
              key -> {
                Presented made = issued(key, server(HERE));
                return new Presented(made.server, true, made.server.certificate());
              },
              ""),
          new Row(
              "issued by a CA with an RSA key",
              key -> {
                Certificates ca =
                    Certificates.selfSigned(Content.of("root", "RSA", "").authority());
                return new Presented(
                    ca.issue(Content.of("server", key, HERE)), true, ca.certificate());
              },
              ""),
          new Row("an intermediate CA", key -> intermediate(key, true, between()), ""),
          new Row(
              "one of two CAs of the same name",
              key -> {
                Presented made = issued(key, server(HERE));
                String both = Certificates.authority("root").certificate() + made.authority;
                return new Presented(made.server, true, both);
              },
              ""),
          new Row(
              "the intermediate CA is missing",
              key -> intermediate(key, false, between()),
              "it is issued by \"CN=between\", a CA that is not in CA;"
                  + " intermediate certificate missing?"),
          new Row(
              "the intermediate CA has expired",
              key -> intermediate(key, true, between().valid(PAST.minusSeconds(9), PAST)),
              "its issuer \"CN=between\" expired on 2020-01-02T03:04:05Z"),
          new Row(
              "the intermediate CA is none",
              key -> intermediate(key, true, Content.of("between", "EC", "")),
              "its issuer \"CN=between\" is not a CA (basic constraints)"),
          new Row(
              "another CA",
              key ->
                  new Presented(
                      issued(key, server(HERE)).server,
                      true,
                      Certificates.authority("other").certificate()),
              "it is issued by \"CN=root\", a CA that is not in CA;"
                  + " intermediate certificate missing?"),
          new Row(
              "another CA of the same name",
              key ->
                  new Presented(
                      issued(key, server(HERE)).server,
                      true,
                      Certificates.authority("root").certificate()),
              "it is issued by another CA named \"CN=root\" than the one in CA"
                  + " (was the CA replaced?)"),
          new Row(
              "self-signed and not trusted",
              key ->
                  new Presented(
                      Certificates.selfSigned(Content.of("server", key, HERE)),
                      true,
                      Certificates.authority("root").certificate()),
              "it is self-signed and not in CA"),
          new Row(
              "expired",
              issued(server(HERE).valid(PAST.minusSeconds(9), PAST)),
              "it expired on 2020-01-02T03:04:05Z"),
          new Row(
              "self-signed, trusted and expired",
              key -> {
                Certificates self =
                    Certificates.selfSigned(
                        Content.of("server", key, HERE).valid(PAST.minusSeconds(9), PAST));
                return new Presented(self, true, self.certificate());
              },
              "it expired on 2020-01-02T03:04:05Z"),
          new Row(
              "the CA has expired",
              key -> {
                Certificates ca =
                    Certificates.selfSigned(
                        Content.of("root", "EC", "").authority().valid(PAST.minusSeconds(9), PAST));
                return new Presented(
                    ca.issue(Content.of("server", key, HERE)), true, ca.certificate());
              },
              "the CA \"CN=root\" in CA expired on 2020-01-02T03:04:05Z"),
          new Row(
              "not valid yet",
              issued(server(HERE).valid(FUTURE, FUTURE.plusSeconds(9))),
              "it is not valid before " + FUTURE + " (now: …)"),
          new Row(
              "another name",
              issued(server("dns:a.example,dns:b.example,ip:127.0.0.2")),
              "it is valid for a.example, b.example, 127.0.0.2, not for 127.0.0.1"
                  + " (connect to one of its names, or set the server name to one)"),
          new Row(
              "a common name alone",
              issued(Content.of("127.0.0.1", "EC", "")),
              "it has no subject alternative name (expected: 127.0.0.1 as one; its common name, \"CN=127.0.0.1\", is not used)"),
          new Row("a host name", issued(server("dns:localhost")), "localhost", "", ""),
          new Row("a host name in capitals", issued(server("dns:LocalHost")), "localhost", "", ""),
          new Row(
              "the address of a host name",
              issued(server(HERE)),
              "localhost",
              "",
              "it is valid for 127.0.0.1, not for localhost"
                  + " (connect to one of its names, or set the server name to one)"),
          new Row(
              "a server name", issued(server("dns:api.example")), "127.0.0.1", "api.example", ""),
          new Row(
              "a server name and a wildcard",
              issued(server("dns:*.example")),
              "127.0.0.1",
              "api.example",
              ""),
          new Row(
              "a server name that is an address",
              issued(server("ip:10.0.0.1")),
              "127.0.0.1",
              "10.0.0.1",
              ""),
          new Row(
              "a server name that is an IPv6 address",
              issued(server("ip:fd00::1")),
              "127.0.0.1",
              "fd00:0:0::1",
              ""),
          new Row(
              "another server name",
              issued(server(HERE)),
              "127.0.0.1",
              "api.example",
              "it is valid for 127.0.0.1, not for api.example"
                  + " (connect to one of its names, or set the server name to one)"),
          new Row("a key usage of signing", issued(server(HERE).usage(0x80)), ""),
          new Row("a key usage of encryption", issued(server(HERE).usage(0x20)), ""));

  private record Cell(
      Row row, TlsImplementation implementation, String version, String keyAlgorithm) {
    @Override
    public String toString() {
      return row + ", " + implementation + ", " + version + ", " + keyAlgorithm;
    }
  }

  static Stream<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Row row : ROWS) {
      for (TlsImplementation implementation : TlsImplementation.values()) {
        for (String version : VERSIONS) {
          for (String key : KEYS) {
            cells.add(new Cell(row, implementation, version, key));
          }
        }
      }
    }
    return cells.stream();
  }

  private static void get(TlsImplementation implementation, String url, TlsConfig tls)
      throws Exception {
    ManualTicker ticker = new ManualTicker();
    ServerSettings settings =
        ServerSettings.of(url, "url", HttpClientConfigs.withTls(tls), Map.of(), ticker);
    try (Sender sender = new Sender(settings, implementation, ticker);
        Exchange exchange = sender.send(Request.get(URI.create(url + "/"), "*/*", PAUSE))) {
      assertThat(exchange.code()).isEqualTo(200);
      assertThat(exchange.beginning(10)).isEqualTo(new byte[] {'{', '}'});
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aServerIsTrustedOrRefusedForTheTrueReason(Cell cell) throws Exception {
    assumeTrue(cell.implementation.isAvailable(), SkipReason.NATIVE_TLS);
    Row row = cell.row;
    Presented presented = row.setup.make(cell.keyAlgorithm);
    Path ca = Files.writeString(folder.resolve("ca.crt"), presented.authority);
    TlsConfig tls =
        new TlsConfig(
            "",
            ca.toString(),
            "",
            "",
            Secret.NONE,
            "",
            row.serverName,
            false,
            cell.version,
            cell.version);
    try (FakeServer server =
        FakeServer.start(
            presented.server.server(presented.withIntermediates, presented.server),
            json(200, "{}"))) {
      String url = "https://" + row.url + ":" + server.port();
      if (row.outcome.isEmpty()) {
        get(cell.implementation, url, tls);
        assertThat(server.requests).hasSize(1);
      } else {
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> get(cell.implementation, url, tls))
            .satisfies(
                e ->
                    assertThat(String.valueOf(e.getMessage()).replaceAll("now: [^)]*", "now: …"))
                        .isEqualTo(
                            "cannot verify the certificate of "
                                + url
                                + ": "
                                + row.outcome.replaceFirst("in CA", "in " + ca)));
        assertThat(server.requests).isEmpty();
      }
    }
  }

  /**
   * A client and the outcome if the server requires a certificate.
   *
   * @param keyAlgorithm of its certificate, or empty for none
   * @param isOurs whether the CA that the server trusts has issued it
   * @param outcome empty for an answer; otherwise the end of the error
   */
  private record Client(String keyAlgorithm, boolean isOurs, String outcome) {}

  private static final List<Client> CLIENTS =
      List.of(
          new Client("RSA", true, ""),
          new Client("EC", true, ""),
          new Client("Ed25519", true, ""),
          new Client(
              "",
              true,
              "it requires a client certificate, but none is configured"
                  + " (expected: cert_file and key_file, or client-certificate and client-key)"),
          new Client("RSA", false, "the client certificate was \"CN=client\""),
          new Client("EC", false, "the client certificate was \"CN=client\""),
          new Client("Ed25519", false, "the client certificate was \"CN=client\""));

  private record ClientCell(
      Client client, TlsImplementation implementation, String version, String serverKey) {}

  static Stream<ClientCell> clientCells() {
    List<ClientCell> cells = new ArrayList<>();
    for (Client client : CLIENTS) {
      for (TlsImplementation implementation : TlsImplementation.values()) {
        for (String version : VERSIONS) {
          for (String key : KEYS) {
            cells.add(new ClientCell(client, implementation, version, key));
          }
        }
      }
    }
    return cells.stream();
  }

  private static TlsConfig tls(Certificates ca, @Nullable Certificates client, String version)
      throws GeneralSecurityException {
    return new TlsConfig(
        ca.authority(),
        "",
        client == null ? "" : client.chain(),
        "",
        client == null ? Secret.NONE : new Secret(client.key()),
        "",
        "",
        false,
        version,
        version);
  }

  private static @Nullable Certificates client(Certificates ca, Client client)
      throws GeneralSecurityException {
    if (client.keyAlgorithm.isEmpty()) {
      return null;
    }
    Certificates issuer = client.isOurs ? ca : Certificates.authority("other");
    return issuer.issue(Content.of("client", client.keyAlgorithm, ""));
  }

  @ParameterizedTest
  @MethodSource("clientCells")
  void aClientIsAdmittedOrLearnsWhatIsWrongWithItsCertificate(ClientCell cell) throws Exception {
    assumeTrue(cell.implementation.isAvailable(), SkipReason.NATIVE_TLS);
    Certificates ca = Certificates.authority("root");
    Certificates presented = ca.issue(Content.of("server", cell.serverKey, HERE));
    TlsConfig tls = tls(ca, client(ca, cell.client), cell.version);
    try (FakeServer server = FakeServer.start(presented.server(), true, json(200, "{}"))) {
      String outcome = cell.client.outcome;
      if (outcome.isEmpty()) {
        get(cell.implementation, server.url(), tls);
        assertThat(server.requests).hasSize(1);
      } else {
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> get(cell.implementation, server.url(), tls))
            .withMessageContaining(server.url())
            .withMessageContaining(outcome);
        assertThat(server.requests).isEmpty();
      }
    }
  }

  static Stream<Cell> goodCells() {
    return cells().filter(cell -> cell.row.what.equals("issued by the CA"));
  }

  @ParameterizedTest
  @MethodSource("goodCells")
  void withoutHttp2ServersAreTrustedToo(Cell cell) throws Exception {
    assumeTrue(cell.implementation.isAvailable(), SkipReason.NATIVE_TLS);
    Presented presented = cell.row.setup.make(cell.keyAlgorithm);
    TlsConfig tls =
        new TlsConfig(
            presented.authority,
            "",
            "",
            "",
            Secret.NONE,
            "",
            "",
            false,
            cell.version,
            cell.version);
    ManualTicker ticker = new ManualTicker();
    HttpClientConfig http = HttpClientConfig.builder().tls(tls).enableHttp2(false).build();
    try (FakeServer server = FakeServer.start(presented.server.server(), json(200, "{}"));
        Sender sender =
            new Sender(
                ServerSettings.of(server.url(), "url", http, Map.of(), ticker),
                cell.implementation,
                ticker)) {
      URI uri = URI.create(server.url() + "/");
      for (int i = 0; i < 3; i++) {
        try (Exchange exchange = sender.send(Request.get(uri, "*/*", PAUSE))) {
          assertThat(exchange.code()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void theMatrixIsComplete() {
    assertThat(cells().count()).isEqualTo(ROWS.size() * 12L);
    assertThat(clientCells().count()).isEqualTo(CLIENTS.size() * 12L);
  }
}
