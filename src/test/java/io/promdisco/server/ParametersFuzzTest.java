package io.promdisco.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.model.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

/**
 * Whatever the path and its parameters are, the answer is complete and never an internal error, and
 * JSON answers are valid JSON.
 */
class ParametersFuzzTest extends ServerTestCase {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PATHS =
      List.of(
          "/api/v1/targets?state=",
          "/api/v1/targets?scrapePool=",
          "/api/v1/discovery/targets?q=",
          "/api/v1/discovery/targets?limit=",
          "/api/v1/discovery/targets?scrapePool=",
          "/http-sd/",
          "/http-sd/shop?relabeled=",
          "/metrics?name[]=",
          "/-/ready?",
          "/");

  ParametersFuzzTest() throws IOException {}

  /** The first byte selects the path, the others are what follows it. */
  @FuzzTest(maxDuration = "5m")
  void everyParameterIsUnderstoodOrRefused(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    BugDetectors.allowNetworkConnections((host, port) -> host.equals("localhost"));
    backend.discover("shop", Labels.of("__meta_a", "<b>"), "h:1", "h:2");
    StringBuilder target = new StringBuilder(PATHS.get((input[0] & 0xff) % PATHS.size()));
    for (int i = 1; i < input.length; i++) {
      char c = (char) (input[i] & 0xff);
      target.append(c == '\r' || c == '\n' || c == ' ' ? '+' : c);
    }

    String answer =
        ask("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(answer).matches("(?s)HTTP/1\\.1 (200|301|302|308|400|403|404|405|414|431|503) .*");
    int body = answer.indexOf("\r\n\r\n");
    assertThat(body).isPositive();
    if (answer.substring(0, body).contains("application/json") && !answer.contains("chunked")) {
      assertThat(JSON.readTree(answer.substring(body + 4).getBytes(ISO_8859_1))).isNotNull();
    }
  }

  private String ask(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      return answer.toString(ISO_8859_1);
    }
  }
}
