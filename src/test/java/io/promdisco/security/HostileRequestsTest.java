package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that are not HTTP, or hardly, and thousands of mutations of them: each is refused or
 * answered, none is an error of the server, and together they log a few lines.
 */
@Timeout(120)
final class HostileRequestsTest {
  private static final long SEED = Long.getLong("promdisco.requests.seed", 20_260_101);
  private static final int MUTATIONS = Integer.getInteger("promdisco.requests", 3000);
  private static final Pattern LISTENS =
      Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");
  private static final String HOST = "Host: localhost\r\n";

  private static final List<String> REQUESTS =
      List.of(
          "GET / HTTP/1.1\r\n" + HOST + "\r\n",
          "GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n",
          "GET / HTTP/1.1\r\n" + HOST + "Host: other.example\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n",
          "GET / HTTP/1.0\r\nHost: other.example\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost:\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: localhost:port\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: user@localhost\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: local\u00ffhost\r\n\r\n",
          "GET http://localhost/ HTTP/1.1\r\n" + HOST + "\r\n",
          "GET gopher://localhost/ HTTP/1.1\r\n" + HOST + "\r\n",
          "GET javascript:alert(1) HTTP/1.1\r\n" + HOST + "\r\n",
          "GET http:// HTTP/1.1\r\n" + HOST + "\r\n",
          "GET http://[::1/ HTTP/1.1\r\n" + HOST + "\r\n",
          "GET http://user:pass@localhost/ HTTP/1.1\r\n" + HOST + "\r\n",
          "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + "\r\n",
          "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n",
          "TRACE / HTTP/1.1\r\n" + HOST + "\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "GET / HTTP/1.1\r\n"
              + HOST
              + "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
              + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
          "GET / HTTP/1.1\r\n" + HOST + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
          "GET /%zz HTTP/1.1\r\n" + HOST + "\r\n",
          "GET /%00%0a%0d HTTP/1.1\r\n" + HOST + "\r\n",
          "GET /http-sd/%ff?relabeled=%ff HTTP/1.1\r\n" + HOST + "\r\n",
          "GET /api/v1/targets?state=%u0000&&&=&%ff HTTP/1.1\r\n" + HOST + "\r\n",
          "GET /api/v1/targets?" + "a&".repeat(5000) + " HTTP/1.1\r\n" + HOST + "\r\n",
          "GET /;a=b HTTP/1.1\r\n" + HOST + "\r\n",
          "GET / HTTP/3.0\r\n" + HOST + "\r\n",
          "GET /\r\n\r\n",
          "GET / HTTP/1.1\r\n" + HOST + "Cookie: $Version=1; a=\u0001\r\n\r\n",
          "GET / HTTP/1.1\r\n" + HOST + "Range: bytes=0-\r\nIf-None-Match: \"\r\n\r\n",
          "GET /metrics HTTP/1.1\r\n" + HOST + "Accept: application/openmetrics-text;;q=x\r\n\r\n",
          "POST / HTTP/1.1\r\n" + HOST + "Expect: something\r\nContent-Length: 10\r\n\r\n",
          "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
          "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 99999999999999999999\r\n\r\n",
          "GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(70_000) + "\r\n\r\n",
          "GET /" + "a".repeat(70_000) + " HTTP/1.1\r\n" + HOST + "\r\n",
          "G".repeat(70_000) + " / HTTP/1.1\r\n" + HOST + "\r\n",
          "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");

  @TempDir private Path folder = Path.of("");
  private final Random random = new Random(SEED);
  private int port;

  /** The first line of the answer; empty if there is none. */
  private String ask(String request) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      return answer.toString(ISO_8859_1).lines().findFirst().orElse("");
    } catch (IOException e) {
      return ""; // closed before all of it was read
    }
  }

  private String mutated() {
    StringBuilder request = new StringBuilder(any());
    for (int i = random.nextInt(6); i >= 0; i--) {
      // Of a long one, what counts is at its beginning.
      int at = random.nextInt(Math.max(1, Math.min(200, request.length())));
      switch (random.nextInt(4)) {
        case 0 -> request.insert(at, (char) random.nextInt(256));
        case 1 -> request.insert(at, "\r\n :%/\u0000?#[]@;=\u00ff".charAt(random.nextInt(15)));
        case 2 -> request.delete(at, at + 1 + random.nextInt(5));
        default -> {
          String other = any();
          int from = random.nextInt(other.length());
          request.insert(at, other.substring(from, Math.min(other.length(), from + 30)));
        }
      }
    }
    return request.toString();
  }

  private String any() {
    return REQUESTS.get(random.nextInt(REQUESTS.size()));
  }

  @Test
  void manyHostileRequestsLogFewLinesAndNoError() throws Exception {
    String config =
        Files.writeString(
                folder.resolve("p.yml"),
                "scrape_configs: [{job_name: a, static_configs: [{targets: ['127.0.0.1:1']}]}]\n")
            .toString();
    try (PromdiscoProcess program =
        PromdiscoProcess.start(
            folder,
            List.of("-Xmx128m", "-Dpromdisco.log.level=warn"),
            "serve",
            config,
            "--listen",
            "127.0.0.1:0")) {
      eventually(
          () -> {
            Matcher listens = LISTENS.matcher(program.output());
            assertThat(listens.find()).as(program.output()).isTrue();
            port = Integer.parseInt(listens.group(1));
          });
      TreeMap<String, Integer> answers = new TreeMap<>();
      for (String request : REQUESTS) {
        answers.merge(ask(request), 1, Integer::sum);
      }
      for (int i = 0; i < MUTATIONS; i++) {
        String request = mutated();
        String answer = ask(request);
        assertThat(answer).as("seed %d, %s", SEED, request).doesNotStartWith("HTTP/1.1 500");
        answers.merge(answer, 1, Integer::sum);
      }
      assertThat(answers).containsKey("HTTP/1.1 200 OK");
      assertThat(ask("GET /-/healthy HTTP/1.1\r\n" + HOST + "\r\n")).isEqualTo("HTTP/1.1 200 OK");
      assertThat(program.output().lines())
          .as(answers.toString())
          .noneMatch(line -> line.startsWith("\tat ") || line.contains(" ERROR "))
          .hasSizeLessThan(10);
    }
  }
}
