package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.promdisco.server.access.WebSettings;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream ends when the settings change that let its client in. */
@Timeout(60)
final class StreamAccessTest {
  @TempDir private Path folder = Path.of("");
  private final AtomicLong nanos = new AtomicLong();
  private final ManualTicker ticker = new ManualTicker();
  private final FakeBackend backend = new FakeBackend();

  private Path users(String user) throws Exception {
    String hash = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
    return Files.writeString(
        folder.resolve("web.yml"), "basic_auth_users: {" + user + ": '" + hash + "'}\n");
  }

  @Test
  void aStreamEndsWhenTheSettingsChange() throws Exception {
    backend.configure("shop");
    WebSettings settings = WebSettings.of(users("anna"), nanos::get);
    Closer live = new Closer();
    RecentHistory state = live.add(new RecentHistory(backend, ticker, FakeBackend.streams(5), 8));
    try (PromdiscoServer server =
            PromdiscoServer.start(
                new PromdiscoServer.Options("127.0.0.1", 0, settings), backend, state, live);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String anna = Base64.getEncoder().encodeToString("anna:secret".getBytes(UTF_8));
      String request =
          "GET /api/v1/targets/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ";
      socket.getOutputStream().write((request + anna + "\r\n\r\n").getBytes(ISO_8859_1));
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      assertThat(answer.readLine()).isEqualTo("HTTP/1.1 200 OK");
      eventually(() -> assertThat(state.streams().size()).isEqualTo(1));
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      ticker.advance(StreamHub.HEARTBEAT);
      String line = answer.readLine();
      while (line != null && !line.equals(":")) {
        line = answer.readLine();
      }
      assertThat(line).as("it lasts while nothing changes").isEqualTo(":");

      users("bert");
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      eventually(
          () -> {
            ticker.advance(StreamHub.HEARTBEAT);
            assertThat(state.streams().size()).isZero();
          });
    }
  }
}
