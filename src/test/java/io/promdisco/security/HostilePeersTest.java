package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import io.promdisco.Promdisco;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.testing.CapturedLog;
import io.promdisco.testing.FakeServer;
import io.promdisco.util.PrintableText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a peer says, it forges no line of the log and reaches no message as it is. */
@Timeout(120)
class HostilePeersTest {
  private static final String EVIL =
      "\u001b]0;x\u0007\u001b[31m\r\n"
          + "2026-01-01T00:00:00.000Z ERROR Forged - all is lost\u0085\u202e\u200b";

  @TempDir private Path folder = Path.of("");

  private static String inJson(String text) {
    StringBuilder out = new StringBuilder();
    text.chars().forEach(c -> out.append(String.format("\\u%04x", c)));
    return out.toString();
  }

  /** Applies a configuration and looks at everything that is said about its failure. */
  private void failing(String config, String expected) {
    try (CapturedLog log = new CapturedLog()) {
      try (Promdisco promdisco = Promdisco.builder().build()) {
        promdisco.apply(
            new ConfigLoader().read("p.yml", config.getBytes(UTF_8), folder).configuration().get());
        eventually(() -> assertThat(failures(promdisco)).anyMatch(text -> text.contains(expected)));
        assertThat(failures(promdisco)).allSatisfy(HostilePeersTest::isHarmless);
      }
      List<String> lines = log.lines();
      assertThat(lines).isNotEmpty().allSatisfy(HostilePeersTest::isHarmless);
      assertThat(lines)
          .allMatch(
              line -> line.matches("(\\[.*|\tat .*|\t\\.\\.\\. .*|Caused by: .*|\\S+Exception.*)"));
    }
  }

  private static void isHarmless(String line) {
    assertThat(line.codePoints().filter(c -> c != '\t' && PrintableText.isHidden(c)).toArray())
        .as(line)
        .isEmpty();
    assertThat(line).doesNotStartWith("2026-01-01").hasSizeLessThan(6_000);
  }

  private static Stream<ProviderStatus.Failure> all(Promdisco promdisco) {
    return promdisco.providers().stream().flatMap(status -> status.failures().stream());
  }

  private static List<String> failures(Promdisco promdisco) {
    return all(promdisco).map(ProviderStatus.Failure::describe).toList();
  }

  private static String http(String url, String more) {
    return "scrape_configs: [{job_name: a, http_sd_configs: [{url: '%s'%s}]}]".formatted(url, more);
  }

  @Test
  void anHttpSdServer() {
    try (FakeServer server = FakeServer.start(FakeServer.json(200, "[]"))) {
      server.answer(FakeServer.json(200, "[{\"" + inJson(EVIL) + "\": 1}]"));
      failing(http(server.url(), ""), "unknown field");
      server.answer(FakeServer.json(200, "[{\"targets\": {\"" + inJson(EVIL) + "\": 1}}]"));
      failing(http(server.url(), ""), "expected a list of strings");
      server.answer(FakeServer.json(200, "[{\"labels\": {\"" + inJson(EVIL) + "\": 1}}]"));
      failing(http(server.url(), ""), "expected a string");
      server.answer(FakeServer.json(200, "\u001b[31m" + "x".repeat(1_000_000)));
      failing(http(server.url(), ""), "not JSON");
      server.answer(FakeServer.body(200, "\u001b[31m" + "y".repeat(20_000), new byte[] {'x'}));
      failing(http(server.url(), ""), "content type");
      server.answer(
          exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "\u001b[31m\u0085");
            FakeServer.send(exchange, 200, "application/json", new byte[] {'x'});
          });
      failing(http(server.url(), ""), "content encoding");
    }
  }

  @Test
  void labelNamesWithOneHash() {
    StringBuilder json = new StringBuilder("[{\"targets\": [\"a\"], \"labels\": {");
    for (int i = 0; i < 1 << 14; i++) {
      json.append('"');
      for (int bit = 0; bit < 14; bit++) {
        json.append((i >> bit & 1) == 0 ? "AB" : "B!");
      }
      json.append("\":\"v\",");
    }
    String answer = json.append("\"z\": 5}}]").toString();
    try (FakeServer server = FakeServer.start(FakeServer.json(200, answer))) {
      failing(http(server.url(), ""), "");
    }
  }

  @Test
  void aTokenServer() {
    try (FakeServer server =
        FakeServer.start(FakeServer.json(200, "{\"access_token\": \"" + inJson(EVIL) + "\"}"))) {
      failing(
          http(
              "http://127.0.0.1:1",
              ", oauth2: {client_id: a, client_secret: bcde, token_url: '" + server.url() + "'}"),
          "");
    }
  }

  @Test
  void aTokenServerThatDoesNotEnd() {
    byte[] body = new byte[8 << 20];
    try (FakeServer server = FakeServer.start(FakeServer.body(200, "application/json", body))) {
      failing(
          http(
              "http://127.0.0.1:1",
              ", oauth2: {client_id: a, client_secret: bcde, token_url: '" + server.url() + "'}"),
          "the answer is longer than 1048576 bytes");
    }
  }

  /** Answers every connection with the same bytes. */
  private static final class Raw implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final Thread thread;

    Raw(String answer) throws IOException {
      thread =
          new Thread(
              () -> {
                while (!server.isClosed()) {
                  try (Socket socket = server.accept()) {
                    socket.getInputStream().read(new byte[4096]);
                    socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
                  } catch (IOException e) {
                    assertThat(e).isNotNull(); // Closed, or the client went away.
                  }
                }
              });
      thread.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
      Uninterruptibles.joinUninterruptibly(thread);
    }
  }

  @Test
  void aStatusLineHeadersAndAProxy() throws Exception {
    String reason = "\u001b[31mforged\u0085\u009b";
    for (String answer :
        List.of(
            "HTTP/1.1 500 " + reason + "\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 " + reason + "\r\n\r\n",
            reason.repeat(10_000),
            "HTTP/1.1 200 OK\r\n" + reason + ": x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: " + reason + "\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: " + reason + "\r\nContent-Length: 0\r\n\r\n")) {
      try (Raw server = new Raw(answer)) {
        failing(http(server.url(), ""), "");
        failing(http("https://127.0.0.1:1", ", proxy_url: '" + server.url() + "'"), "");
        failing(http("http://127.0.0.1:1", ", proxy_url: '" + server.url() + "'"), "");
        failing(
            "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod, api_server: '%s'}]}]"
                .formatted(server.url()),
            "");
      }
    }
  }

  @Test
  void anApiServer() {
    String status =
        "{\"kind\":\"Status\",\"code\":403,\"reason\":\"%1$s\",\"message\":\"%1$s\"}"
            .formatted(inJson(EVIL));
    for (String answer : List.of(status, inJson(EVIL), "{\"kind\":\"" + inJson(EVIL) + "\"}")) {
      for (int code : new int[] {200, 403, 500}) {
        try (FakeServer server = FakeServer.start(FakeServer.json(code, answer))) {
          failing(
              "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod, api_server: '%s'}]}]"
                  .formatted(server.url()),
              "");
        }
      }
    }
  }

  @Test
  void anExecPlugin() throws IOException {
    Path plugin = folder.resolve("plugin");
    Files.writeString(
        plugin, "#!/bin/sh\nprintf '\\033[31mforged\\302\\205\\342\\200\\256' >&2\nexit 1\n");
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: c
        clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        users:
        - name: u
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              interactiveMode: Never
              command: %s
        """
            .formatted(plugin));
    failing(
        "scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod, kubeconfig_file: '%s'}]}]"
            .formatted(kubeconfig),
        "");
  }

  @Test
  void aFileAndItsName() throws IOException {
    Files.writeString(
        folder.resolve("a\u001b[31m\n2026-01-01 forged.json"), "[{\"" + inJson(EVIL) + "\":1}]");
    Files.writeString(folder.resolve("b.yml"), "- \"" + inJson(EVIL) + "\": 1\n");
    failing(
        "scrape_configs: [{job_name: a, file_sd_configs: [{files: ['*.json', '*.yml']}]}]",
        "forged");
  }
}
