package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  private Path keytool(String... arguments) throws Exception {
    Path store = folder.resolve("server.p12");
    String[] command = new String[arguments.length + 7];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    System.arraycopy(
        new String[] {"-keystore", store.toString(), "-storepass", "changeit", "-alias", "server"},
        0,
        command,
        arguments.length + 1,
        6);
    Path output = folder.resolve("keytool.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as(() -> read(output)).isZero();
    return store;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aServerSpeaksTlsAndStillFailsAsToldTo() throws Exception {
    Path store =
        keytool(
            "-genkeypair", "-keyalg", "EC", "-dname", "CN=simulated", "-ext", "SAN=ip:127.0.0.1");
    Path pem = folder.resolve("ca.pem");
    keytool("-exportcert", "-rfc", "-file", pem.toString());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    SSLContext serverContext = SSLContext.getInstance("TLS");
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD);
    serverContext.init(own.getKeyManagers(), null, null);
    SSLContext clientContext = SSLContext.getInstance("TLS");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", keys.getCertificate("server"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    clientContext.init(null, trust.getTrustManagers(), null);

    SimCluster cluster = new SimCluster();
    cluster.create(Objects.pod("shop", "a"));
    String ca = Files.readString(pem);
    try (SimApiServer server =
        SimApiServer.start(cluster, new SimOptions().tls(serverContext, ca))) {
      HttpClient http = HttpClient.newBuilder().sslContext(clientContext).build();
      HttpRequest list =
          HttpRequest.newBuilder(server.url().resolve("/api/v1/pods?watch=1&timeoutSeconds=1"))
              .build();
      HttpResponse<String> whole = http.send(list, HttpResponse.BodyHandlers.ofString());
      assertThat(whole.body()).contains("\"name\":\"a\"");
      for (Fault.Break how : new Fault.Break[] {Fault.Break.CUT, Fault.Break.RESET}) {
        HttpRequest watch =
            HttpRequest.newBuilder(server.url().resolve("/api/v1/pods?watch=1")).build();
        HttpResponse<InputStream> response =
            http.send(watch, HttpResponse.BodyHandlers.ofInputStream());
        try (Frames frames =
            new Frames(response.statusCode(), response.headers(), response.body())) {
          assertThat(frames.brief()).isEqualTo("ADDED a");
          server.faults().strikeNow(PODS, how);
          assertThatThrownBy(frames::rest).isInstanceOf(IOException.class);
        }
      }
      JsonNode config =
          Manifests.documents(server.writeKubeconfig(folder.resolve("config.yaml"))).get(0);
      JsonNode named = config.path("clusters").get(0).path("cluster");
      assertThat(named.path("server").asText()).startsWith("https://127.0.0.1:");
      byte[] data = Base64.getDecoder().decode(named.path("certificate-authority-data").asText());
      assertThat(new String(data, StandardCharsets.US_ASCII)).isEqualTo(ca);
      HttpClient stranger = HttpClient.newHttpClient();
      assertThatThrownBy(() -> stranger.send(list, HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aClientThatOffersHttp2GetsHttp11() throws Exception {
    try (SimApiServer server = SimApiServer.start(new SimCluster())) {
      HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
      HttpRequest request = HttpRequest.newBuilder(server.url().resolve("/readyz")).build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(response.body()).isEqualTo("ok");
    }
  }
}
