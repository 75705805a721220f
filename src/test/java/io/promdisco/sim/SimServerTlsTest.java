package io.promdisco.sim;

import static io.promdisco.providers.kubernetes.object.Resource.PODS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimServerTlsTest {
  @TempDir Path folder;

  @Test
  void faultsWorkOverTls() throws Exception {
    Certificates certificates = Certificates.make("EC", "ip:127.0.0.1");
    SimCluster cluster = new SimCluster();
    cluster.create(ObjectFixtures.pod("shop", "a"));
    String ca = certificates.authority();
    try (SimApiServer server =
        SimApiServer.start(cluster, new SimOptions().tls(certificates.server(), ca))) {
      HttpClient http = HttpClient.newBuilder().sslContext(certificates.client()).build();
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
        try (WatchFrames frames =
            new WatchFrames(response.statusCode(), response.headers(), response.body())) {
          assertThat(frames.brief()).isEqualTo("ADDED a");
          server.faults().strikeNow(PODS, how);
          assertThatThrownBy(frames::rest).isInstanceOf(IOException.class);
        }
      }
      JsonNode config =
          ManifestReader.documents(server.writeKubeconfig(folder.resolve("config.yaml"))).get(0);
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
