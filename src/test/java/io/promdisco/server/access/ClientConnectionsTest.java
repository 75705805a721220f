package io.promdisco.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClientConnectionsTest {
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
    assertThat(leastUseful(opened, stream(), answering(0))).isSameAs(opened);
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
}
