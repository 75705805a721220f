package io.promdisco.security;

import static io.promdisco.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of connections, which {@code allocate} allows, to a process with 256 MB of heap. Those
 * that send no complete request or read no answer must not fill the memory, and collectors get
 * their shares.
 */
@Timeout(120)
final class AllocatorUnderAttackTest {
  private static final int CONNECTIONS = 2500;
  private static final Pattern LISTENS =
      Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");

  @TempDir private Path folder = Path.of("");
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<SocketChannel> attackers = new ArrayList<>();
  private int port;

  @AfterEach
  void disconnect() throws IOException {
    for (SocketChannel each : attackers) {
      each.close();
    }
    attackers.clear();
  }

  private String configuration() throws IOException {
    String targets =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "\"h" + i + ":80\"")
            .collect(Collectors.joining(","));
    Files.writeString(
        folder.resolve("many.json"),
        "[{\"targets\":[" + targets + "],\"labels\":{\"a\":\"" + "b".repeat(300) + "\"}}]");
    String collectors =
        IntStream.range(0, 200).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    return Files.writeString(
            folder.resolve("allocator.yaml"),
            """
            listen_addr: 127.0.0.1:0
            collectors: [%s]
            config:
              scrape_configs:
              - job_name: many
                file_sd_configs: [{files: [many.json]}]
                relabel_configs: [{target_label: __tmp_disable_sharding, replacement: 'yes'}]
            """
                .formatted(collectors))
        .toString();
  }

  private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Sends the same over so many connections, and reads nothing. */
  private void attack(int connections, String request) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(ISO_8859_1));
    for (int i = 0; i < connections; i++) {
      SocketChannel attacker = SocketChannel.open();
      attackers.add(attacker);
      attacker.socket().setReceiveBufferSize(4096);
      attacker.bind(new InetSocketAddress("127.0.0." + (2 + i % 100), 0));
      attacker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      attacker.configureBlocking(false);
      attacker.write(bytes.duplicate());
    }
  }

  private void isServed() throws Exception {
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    HttpResponse<byte[]> share = get("/jobs/many/targets?collector_id=c7");
    assertThat(share.statusCode()).isEqualTo(200);
    assertThat(share.body()).hasSizeGreaterThan(20_000 * 6);
  }

  @Test
  void collectorsAreServedWhateverOtherConnectionsDo() throws Exception {
    try (PromdiscoProcess program =
        PromdiscoProcess.start(
            folder,
            List.of("-Xmx256m", "-Dpromdisco.log.level=warn"),
            "allocate",
            "--config-file",
            configuration())) {
      eventually(
          () -> {
            Matcher listens = LISTENS.matcher(program.output());
            assertThat(listens.find()).as(program.output()).isTrue();
            port = Integer.parseInt(listens.group(1));
          });
      eventually(() -> assertThat(get("/readyz").statusCode()).isEqualTo(200));

      attack(CONNECTIONS, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(60_000));
      isServed();
      disconnect();
      attack(CONNECTIONS, "GET /api/v1/targets HTTP/1.1\r\nHost: a\r\n\r\n");
      isServed();
      disconnect();
      attack(200, "GET /jobs/many/targets HTTP/1.1\r\nHost: a\r\n\r\n");
      isServed();

      assertThat(program.output()).doesNotContain("OutOfMemoryError", "no memory left", "\tat ");
    }
  }
}
