package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.http.Connections.Connection;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private final ManualTicker ticker = new ManualTicker();

  private Connections to(String url) throws IOException {
    return new Connections(
        ServerSettings.of(url, "url", HttpClientConfig.DEFAULT, Map.of(), ticker), ticker);
  }

  @Test
  void requestsShareAConnectionUntilItIsFull() throws IOException {
    try (Connections connections = to("https://127.0.0.1:1")) {
      Connection first = connections.take();
      for (int i = 1; i < Connections.MOST_STREAMS; i++) {
        assertThat(connections.take()).isSameAs(first);
      }
      Connection second = connections.take();
      assertThat(second).isNotSameAs(first);

      connections.giveBack(first);
      assertThat(connections.take()).isSameAs(first);
      assertThat(connections.take()).isSameAs(second);
    }
  }

  @Test
  void whereNothingIsSharedOneClientOpensAllConnections() throws IOException {
    try (Connections connections = to("http://127.0.0.1:1")) {
      Connection first = connections.take();
      for (int i = 0; i < 3 * Connections.MOST_STREAMS; i++) {
        assertThat(connections.take()).isSameAs(first);
      }
    }
  }

  @Test
  void closedGivesNoMore() throws IOException {
    Connections connections = to("https://127.0.0.1:1");
    connections.close();
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(connections::take);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(connections::takePlain)
        .withMessage("the client of https://127.0.0.1:1 is closed");
  }
}
