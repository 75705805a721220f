package io.promdisco.server;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.model.Labels;
import io.promdisco.testing.ManualTicker;
import io.promdisco.util.Closer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A few hundred clients disconnect at any moment and in any manner; afterwards the process has as
 * many threads, files and bytes on the heap as before.
 */
@Timeout(120)
final class LeakTest {
  private static final long SEED = Long.getLong("promdisco.leak.seed", 20_260_101);
  private static final int ROUNDS = 12;
  private static final int READERS = 40;
  private static final int TARGETS = 200;
  private static final Path FILES = Path.of("/proc/self/fd");

  /** 3 kB for each client; a leaked stream would keep more than twice as much. */
  private static final long HEAP_BYTES = 3_000L * ROUNDS * READERS;

  private final FakeBackend backend = new FakeBackend();
  private final ManualTicker ticker = new ManualTicker();
  private final Closer live = new Closer();
  private final Random random = new Random(SEED);
  private final RecentHistory state;
  private final PromdiscoServer server;
  private int generation;

  LeakTest() throws IOException {
    backend.configure("shop", "ops");
    state = live.add(new RecentHistory(backend, ticker, FakeBackend.streams(READERS), 64));
    server = PromdiscoServer.start(ServerTestCase.LOOPBACK, backend, state, live);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The resources of the process that could leak. */
  private record Held(int threads, long files, long heap) {
    static Held now() throws IOException {
      long heap = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) { // objects freed by one collection may free others
        System.gc();
        heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      }
      return new Held(Thread.getAllStackTraces().size(), openFiles(), heap);
    }

    private static long openFiles() throws IOException {
      if (!Files.isDirectory(FILES)) {
        return 0; // not Linux: only threads and heap are compared
      }
      try (Stream<Path> files = Files.list(FILES)) {
        return files.count();
      }
    }
  }

  @Test
  void readersThatAreKilledAtRandomLeaveNothing() throws Exception {
    round(); // creates what is created only once
    round();
    Held before = Held.now();
    for (int i = 0; i < ROUNDS; i++) {
      round();
    }
    String seed = "-Dpromdisco.leak.seed=" + SEED;
    eventually(
        () -> {
          Held after = Held.now();
          // The server's pool may have grown to its eight threads in the meantime.
          assertThat(after.threads()).as(seed).isLessThanOrEqualTo(before.threads() + 6);
          assertThat(after.files()).as(seed).isLessThanOrEqualTo(before.files() + 3);
          assertThat(after.heap()).as(seed).isLessThan(before.heap() + HEAP_BYTES);
        });
    assertThat(backend.registry.getSampleValue("promdisco_stream_readers")).isZero();
  }

  /** Opens streams, changes targets, and ends the streams in a random order and manner. */
  private void round() throws IOException {
    List<Socket> readers = new ArrayList<>();
    try {
      for (int i = 0; i < READERS; i++) {
        readers.add(open());
        change();
      }
      Collections.shuffle(readers, random);
      for (Socket reader : readers) {
        leave(reader);
        change();
      }
    } finally {
      for (Socket reader : readers) {
        reader.close();
      }
    }
    eventually(
        () -> {
          ticker.advance(StreamHub.HEARTBEAT);
          assertThat(state.streams().size()).isZero();
        });
  }

  /** Opens a stream, or sends only half of the request. */
  private Socket open() throws IOException {
    Socket socket = new Socket();
    try {
      socket.setReceiveBufferSize(1 << (10 + random.nextInt(8)));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      String query = List.of("", "?scrapePool=shop", "?snapshot=false").get(random.nextInt(3));
      String request =
          "GET " + StreamEndpoint.PATH + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      int sent = random.nextInt(8) == 0 ? random.nextInt(request.length()) : request.length();
      socket
          .getOutputStream()
          .write(request.substring(0, sent).getBytes(StandardCharsets.US_ASCII));
      if (sent == request.length() && random.nextBoolean()) {
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      return socket;
    } catch (IOException | AssertionError e) {
      socket.close();
      throw e;
    }
  }

  /** Ends the connection: normally, with a reset, half closed, or after reading a part. */
  private void leave(Socket reader) throws IOException {
    switch (random.nextInt(4)) {
      case 0 -> reader.setSoLinger(true, 0);
      case 1 -> reader.shutdownOutput();
      case 2 ->
          reader.getInputStream().skipNBytes(Math.min(100, reader.getInputStream().available()));
      default -> {
        // Ends normally when the socket is closed.
      }
    }
    reader.close();
  }

  private void change() {
    generation++;
    String[] addresses = new String[TARGETS];
    for (int i = 0; i < TARGETS; i++) {
      addresses[i] = "10.0." + i + "." + (i == generation % TARGETS ? 2 : 1) + ":80";
    }
    backend.discover("shop", Labels.of("__meta_pod", "a"), addresses);
  }
}
