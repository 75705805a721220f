package io.promdisco.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ClientConnectionsTest {
  private static final List<SocketChannel> CLIENTS = new ArrayList<>();
  private static final long NOW = Duration.ofHours(1).toNanos();

  private long now = NOW;

  private void set(int secondsAgo) {
    now = NOW - Duration.ofSeconds(secondsAgo).toNanos();
  }

  private ClientConnection connection(int secondsAgo) {
    set(secondsAgo);
    return new ClientConnection(null, ClientAddress.UNKNOWN, () -> now);
  }

  private ClientConnection answering(int secondsAgo) {
    ClientConnection connection = connection(secondsAgo);
    connection.begin();
    return connection;
  }

  private ClientConnection blocked(int secondsAgo) {
    ClientConnection connection = answering(secondsAgo + 100);
    set(secondsAgo);
    connection.writes();
    return connection;
  }

  private ClientConnection stream() {
    ClientConnection connection = answering(1000);
    connection.answersWithoutEnd();
    return connection;
  }

  private static ClientConnection leastUseful(ClientConnection opened, ClientConnection... others) {
    return ClientConnections.leastUseful(opened, List.of(others), NOW);
  }

  @Test
  void closesTheLongestIdleThenTheSlowestReaderThenTheLongestAnswer() {
    ClientConnection opened = connection(0);
    ClientConnection idle = connection(20);
    ClientConnection blocked = blocked(5);
    ClientConnection slow = answering(60);
    assertThat(
            leastUseful(
                opened, connection(10), idle, blocked(2), blocked, slow, answering(3), stream()))
        .isSameAs(idle);
    assertThat(leastUseful(opened, blocked(2), blocked, slow, stream())).isSameAs(blocked);
    assertThat(leastUseful(opened, answering(3), slow, stream())).isSameAs(slow);
    assertThat(leastUseful(opened, stream(), answering(0), opened)).isSameAs(opened);
  }

  @Test
  void aConnectionThatIsIdleForAMomentMakesRoomLast() {
    ClientConnection opened = connection(0);
    now = NOW - 1_000_000;
    ClientConnection fresh = new ClientConnection(null, ClientAddress.UNKNOWN, () -> now);
    ClientConnection blocked = blocked(2);
    assertThat(leastUseful(opened, fresh, blocked)).isSameAs(blocked);
    assertThat(leastUseful(opened, fresh, answering(0))).isSameAs(fresh);
  }

  @Test
  void addressesOfOneNetworkAreOneClient() {
    assertThat(client("2001:db8::1")).isEqualTo(client("2001:db8::2:3"));
    assertThat(client("2001:db8::1")).isNotEqualTo(client("2001:db8:0:1::1"));
    assertThat(client("192.0.2.1")).isNotEqualTo(client("192.0.2.2"));
    assertThat(client("192.0.2.1")).isEqualTo(client("::ffff:192.0.2.1"));
  }

  private static ClientAddress client(String address) {
    return ClientAddress.of(new InetSocketAddress(address, 1));
  }

  /** Accepts a connection that comes from this address of the loopback network. */
  private static SocketChannel accept(
      ServerSocketChannel server, String from, ClientConnections connections) throws IOException {
    SocketChannel client = SocketChannel.open().bind(new InetSocketAddress(from, 0));
    client.connect(server.getLocalAddress());
    CLIENTS.add(client);
    SocketChannel accepted = server.accept();
    connections.onAccepting(accepted);
    return accepted;
  }

  @Test
  void clientWithManyConnectionsMakesRoomForThoseWithFew() throws IOException {
    ManualTicker ticker = new ManualTicker();
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ClientConnections connections =
            new ClientConnections(ticker, new ServerLimits(6, 6, 1, 1))) {
      SocketChannel idle = accept(server, "127.0.0.2", connections);
      ticker.advance(Duration.ofSeconds(10));
      List<SocketChannel> many = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        many.add(accept(server, "127.0.0.3", connections));
      }
      SocketChannel fresh = accept(server, "127.0.0.4", connections);

      assertThat(idle.isOpen()).isTrue();
      assertThat(fresh.isOpen()).isTrue();
      assertThat(many.stream().filter(SocketChannel::isOpen)).hasSize(4);
      assertThat(connections.size()).isEqualTo(6);
    } finally {
      for (SocketChannel client : CLIENTS) {
        client.close();
      }
    }
  }

  @Test
  void amongClientsWithEquallyManyTheLongestIdleMakesRoom() throws IOException {
    ManualTicker ticker = new ManualTicker();
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ClientConnections connections =
            new ClientConnections(ticker, new ServerLimits(3, 3, 1, 1))) {
      List<SocketChannel> each = new ArrayList<>();
      for (int i = 2; i <= 6; i++) {
        each.add(accept(server, "127.0.0." + i, connections));
        ticker.advance(Duration.ofMillis(100));
      }

      assertThat(each)
          .extracting(SocketChannel::isOpen)
          .containsExactly(false, false, true, true, true);
    } finally {
      for (SocketChannel client : CLIENTS) {
        client.close();
      }
    }
  }

  @Test
  void amongClientsWithEquallyManyTheNewOneIsClosedWhereAllAreInUse() {
    ClientConnection opened = connection(0);
    assertThat(leastUseful(opened, stream(), answering(0), stream(), opened)).isSameAs(opened);
  }

  @Test
  void theNewestMakesRoomWhereAllAreInUseAndTheNewOneIsOfAnotherClient() {
    ClientConnection newest = stream();
    assertThat(leastUseful(connection(0), stream(), newest)).isSameAs(newest);
  }

  @Test
  void slowestReaderIsDisconnectedWhereTooManyAnswersWait() throws IOException {
    ManualTicker ticker = new ManualTicker();
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ClientConnections connections =
            new ClientConnections(ticker, new ServerLimits(100, 100, 1, 1), 2)) {
      List<SocketChannel> readers = new ArrayList<>();
      List<ClientConnection> each = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(accept(server, "127.0.0.2", connections));
        each.add(Objects.requireNonNull(connections.of(readers.get(i))));
        ticker.advance(Duration.ofMillis(1));
      }
      each.get(0).writes();
      each.get(0).written(); // reads in time
      for (int i = 1; i < 4; i++) {
        each.get(i).writes();
        ticker.advance(Duration.ofMillis(1));
      }
      each.get(2).written();
      each.get(0).writes();

      assertThat(readers)
          .extracting(SocketChannel::isOpen)
          .containsExactly(true, false, true, true);
    } finally {
      for (SocketChannel client : CLIENTS) {
        client.close();
      }
    }
  }
}
