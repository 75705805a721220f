package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // Before each test.
class ChannelSocketTest {
  private ServerSocket listening;
  private Socket client;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    client = new ReadAheadSocket();
    client.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort()), 10_000);
    server = listening.accept();
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    listening.close();
  }

  private interface End {
    void accept(Thread thread) throws IOException;
  }

  /** Reads in another thread, which {@code end} interrupts; returns the exception. */
  private IOException readingEndedBy(End end) throws Exception {
    CompletableFuture<IOException> thrown = new CompletableFuture<>();
    Thread reading =
        new Thread(
            () -> {
              try {
                int read = client.getInputStream().read();
                thrown.complete(new IOException("read " + read));
              } catch (IOException e) {
                thrown.complete(e);
              }
            },
            "reads");
    reading.start();
    end.accept(reading);
    IOException problem = thrown.get(20, TimeUnit.SECONDS);
    reading.join();
    return problem;
  }

  @Test
  void itCarriesBytesBothWaysAndKnowsWhereItIs() throws IOException {
    client.getOutputStream().write('a');
    assertThat(server.getInputStream().read()).isEqualTo('a');
    server.getOutputStream().write('b');
    assertThat(client.getInputStream().read()).isEqualTo('b');
    assertThat(client.isConnected()).isTrue();
    assertThat(client.getPort()).isEqualTo(listening.getLocalPort());
    assertThat(client.getInetAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    assertThat(client.getLocalPort()).isEqualTo(server.getPort());
  }

  @Test
  void anInterruptEndsTheReadingAndTheConnection() throws Exception {
    assertThat(readingEndedBy(Thread::interrupt)).isInstanceOf(ClosedByInterruptException.class);
    assertThat(server.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void closingEndsTheReading() throws Exception {
    assertThat(readingEndedBy(reading -> client.close()))
        .isInstanceOfAny(AsynchronousCloseException.class, SocketException.class);
  }

  @Test
  void settingsReachTheSystem() throws IOException {
    client.setTcpNoDelay(true);
    assertThat(client.getTcpNoDelay()).isTrue();
    client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    assertThat(client.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
    if (client.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      client.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 30);
      assertThat(client.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(30);
    }
    client.setSoTimeout(1);
    assertThat(client.getSoTimeout()).isEqualTo(1);
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> client.getInputStream().read());
  }

  @Test
  void whatAClientDoesNotNeedIsRefused() throws IOException {
    try (Socket unconnected = new ReadAheadSocket()) {
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(() -> unconnected.bind(new InetSocketAddress(0)))
          .withMessage("not supported by this socket: bind");
    }
  }
}
