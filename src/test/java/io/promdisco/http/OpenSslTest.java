package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promdisco.config.HttpClientConfig.TlsConfig;
import io.promdisco.config.Secret;
import io.promdisco.http.tls.Pem;
import io.promdisco.http.tls.TlsImplementation;
import io.promdisco.testing.HttpClientConfigs;
import io.promdisco.testing.ManualTicker;
import io.promdisco.testing.SkipReason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers, certificates and keys of OpenSSL, if it is installed. */
class OpenSslTest {
  private static final Duration PAUSE = Duration.ofSeconds(20);

  @TempDir static Path folder;

  @BeforeAll
  static void makeCertificates() throws Exception {
    assumeTrue(version() >= 3, SkipReason.OPENSSL);
    for (String key : List.of("rsa:2048", "ec:P-256", "ec:P-384", "ec:P-521", "ed25519")) {
      issue(key);
    }
  }

  private static int version() throws Exception {
    try {
      Matcher version = Pattern.compile("OpenSSL (\\d+)").matcher(run("version"));
      return version.find() ? Integer.parseInt(version.group(1)) : 0;
    } catch (IOException e) {
      return 0; // It is not installed.
    }
  }

  private static String name(String key) {
    return key.replace(':', '-');
  }

  /** Issues certificates for a CA, a server, and a client with keys of one type. */
  private static void issue(String key) throws Exception {
    String name = name(key);
    List<String> kind = new ArrayList<>(List.of("-newkey", key, "-nodes"));
    if (key.startsWith("ec:")) {
      kind.set(1, "ec");
      kind.addAll(List.of("-pkeyopt", "ec_paramgen_curve:" + key.substring(3)));
    }
    List<String> ca = new ArrayList<>(List.of("req", "-x509", "-subj", "/CN=ca"));
    ca.addAll(kind);
    run(ca, "-keyout", name + "-ca.key", "-out", name + "-ca.crt");
    List<String> server = new ArrayList<>(List.of("req", "-x509", "-subj", "/CN=server"));
    server.addAll(kind);
    server.addAll(List.of("-addext", "subjectAltName=IP:127.0.0.1"));
    server.addAll(List.of("-addext", "basicConstraints=critical,CA:FALSE"));
    server.addAll(List.of("-CA", name + "-ca.crt", "-CAkey", name + "-ca.key"));
    run(server, "-keyout", name + ".key", "-out", name + ".crt");
  }

  private static void run(List<String> command, String... more) throws Exception {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    run(all.toArray(new String[0]));
  }

  private static String run(String... arguments) throws Exception {
    Process process = openssl(arguments);
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private static Process openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
  }

  /** A server that answers every request. */
  private static final class Server implements AutoCloseable {
    final String url;
    private final Process process;

    Server(String key, String... options) throws Exception {
      List<String> arguments =
          new ArrayList<>(List.of("s_server", "-www", "-accept", "127.0.0.1:0", "-naccept", "10"));
      arguments.addAll(List.of("-cert", name(key) + ".crt", "-key", name(key) + ".key"));
      arguments.addAll(List.of(options));
      process = openssl(arguments.toArray(new String[0]));
      BufferedReader output =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      StringBuilder said = new StringBuilder();
      String line = output.readLine();
      while (line != null && !line.startsWith("ACCEPT ")) {
        said.append(line).append('\n');
        line = output.readLine();
      }
      assertThat(line).as(said.toString()).isNotNull();
      url = "https://" + String.valueOf(line).substring("ACCEPT ".length());
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private static TlsConfig tls(String key, String version, String client) {
    Path ca = folder.resolve(name(key) + "-ca.crt");
    String cert = client.isEmpty() ? "" : folder.resolve(name(client) + ".crt").toString();
    String own = client.isEmpty() ? "" : folder.resolve(name(client) + ".key").toString();
    return new TlsConfig(
        "", ca.toString(), "", cert, Secret.NONE, own, "", false, version, version);
  }

  private static int get(TlsImplementation implementation, String url, TlsConfig tls)
      throws Exception {
    assumeTrue(implementation.isAvailable(), SkipReason.NATIVE_TLS);
    ManualTicker ticker = new ManualTicker();
    ServerSettings settings =
        ServerSettings.of(url, "url", HttpClientConfigs.withTls(tls), Map.of(), ticker);
    try (Sender sender = new Sender(settings, implementation, ticker);
        Exchange exchange = sender.send(Request.get(URI.create(url + "/"), "*/*", PAUSE))) {
      return exchange.code();
    }
  }

  @ParameterizedTest
  @CsvSource({"rsa:2048", "ec:P-256", "ec:P-384", "ec:P-521", "ed25519"})
  void itsServersAreTrusted(String key) throws Exception {
    for (TlsImplementation implementation : TlsImplementation.values()) {
      for (String version : List.of("TLS12", "TLS13")) {
        try (Server server = new Server(key)) {
          assertThat(get(implementation, server.url, tls(key, version, ""))).isEqualTo(200);
        }
      }
    }
  }

  private static final String[] DEMANDS_CLIENTS = {
    "-Verify", "1", "-verify_return_error", "-CAfile", "ec-P-256-ca.crt"
  };

  @ParameterizedTest
  @CsvSource({"JDK,TLS12", "JDK,TLS13", "NATIVE,TLS12", "NATIVE,TLS13"})
  void theErrorSaysWhyItsServersRefuseClients(TlsImplementation implementation, String version)
      throws Exception {
    String key = "ec:P-256";
    try (Server server = new Server(key, DEMANDS_CLIENTS)) {
      assertThat(get(implementation, server.url, tls(key, version, key))).isEqualTo(200);
    }
    try (Server server = new Server(key, DEMANDS_CLIENTS)) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> get(implementation, server.url, tls(key, version, "")))
          .withMessageContaining("it requires a client certificate, but none is configured");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> get(implementation, server.url, tls(key, version, "rsa:2048")))
          .withMessageContaining("the client certificate was \"CN=server\"");
    }
  }

  @Test
  void itsEncryptedKeysAreRefusedAsEncrypted() throws Exception {
    run("genrsa", "-traditional", "-aes256", "-passout", "pass:secret", "-out", "old.key");
    run("genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:secret", "-out", "new.key");
    for (String file : List.of("old.key", "new.key")) {
      String text = Files.readString(folder.resolve(file));
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> Pem.key(text, file))
          .withMessageStartingWith(file + ": the private key is encrypted (expected: ");
    }
  }

  /** Returns the private number of a key. */
  private static BigInteger number(String pem) throws IOException {
    PrivateKey key = Pem.key(pem, "key");
    return key instanceof ECPrivateKey ec ? ec.getS() : ((RSAPrivateKey) key).getPrivateExponent();
  }

  @Test
  void itsKeysAreReadInEveryFormat() throws Exception {
    run("ecparam", "-name", "prime256v1", "-genkey", "-out", "ec-sec1.key"); // with EC PARAMETERS
    run("pkcs8", "-topk8", "-nocrypt", "-in", "ec-sec1.key", "-out", "ec-pkcs8.key");
    run("rsa", "-traditional", "-in", "rsa-2048.key", "-out", "rsa-pkcs1.key");
    for (String pair : List.of("ec-sec1.key,ec-pkcs8.key", "rsa-pkcs1.key,rsa-2048.key")) {
      String old = Files.readString(folder.resolve(pair.split(",")[0]));
      String now = Files.readString(folder.resolve(pair.split(",")[1]));
      assertThat(number(old)).isEqualTo(number(now));
      String certificate = Files.readString(folder.resolve("rsa-2048.crt"));
      String around = "Bag Attributes\n    friendlyName: a-b\n" + certificate + old;
      assertThat(number(around.replace("\n", "\r\n"))).isEqualTo(number(now));
      assertThat(Pem.certificates(around.replace("\n", "\r\n"), "around")).hasSize(1);
    }
    String verbose = run("x509", "-text", "-in", "ed25519.crt");
    String two = verbose + "# a comment with --- dashes\n" + run("x509", "-in", "rsa-2048.crt");
    assertThat(Pem.certificates(two, "two")).hasSize(2);
  }
}
