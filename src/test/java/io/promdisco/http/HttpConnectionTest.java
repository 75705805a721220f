package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.testing.ManualTicker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
  private static final Path KERNEL = Path.of("/proc/net/tcp6");
  private static final long TICKS_PER_SECOND = 100;

  /**
   * Returns the kernel's timer of the connection with the local port {@code port}, as {@code
   * KIND:WHEN}.
   */
  private static String timer(int port) throws Exception {
    String end = String.format(Locale.ROOT, ":%04X", port);
    for (Path table : new Path[] {Path.of("/proc/net/tcp"), KERNEL}) {
      for (String line : Files.readAllLines(table)) {
        String[] words = line.strip().split("\\s+");
        if (words[1].endsWith(end)) {
          return words[5];
        }
      }
    }
    throw new AssertionError("no connection from port " + port);
  }

  @Test
  void tcpAsksASilentServerForASignOfLife() throws Exception {
    assumeTrue(Files.isReadable(KERNEL), "Linux");
    ManualTicker ticker = new ManualTicker();
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + listening.getLocalPort();
      ServerSettings settings =
          ServerSettings.of(url, "url", HttpClientConfig.DEFAULT, Map.of(), ticker);
      try (Sender sender = new Sender(settings, ticker)) {
        Thread asks =
            new Thread(
                () -> {
                  try (Exchange unexpected =
                      sender.send(Request.get(URI.create(url), "*/*", Duration.ofHours(1)))) {
                    throw new AssertionError(unexpected);
                  } catch (Exception e) {
                    // The server closes the connection.
                  }
                },
                "asks");
        asks.start();
        try (Socket server = listening.accept()) {
          assertThat(server.getInputStream().read()).isEqualTo('G');
          String[] timer = timer(server.getPort()).split(":");
          assertThat(timer[0]).as("kind: keep-alive").isEqualTo("02");
          assertThat(Long.parseLong(timer[1], 16)).isLessThanOrEqualTo(30 * TICKS_PER_SECOND);
        }
        asks.join(); // Its connection is closed.
      }
    }
  }
}
