package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.http.h2.Http2Connection;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private final ManualTicker ticker = new ManualTicker();

  private Connections to(String url) throws IOException {
    ServerSettings settings =
        ServerSettings.of(url, "url", HttpClientConfig.DEFAULT, Map.of(), ticker);
    return new Connections(settings, new ClientTls(settings.tls()), ticker);
  }

  private static @Nullable Http2Connection share(Connections connections)
      throws IOException, InterruptedException {
    return connections.share(Duration.ofSeconds(5), new IOException("late"));
  }

  @Test
  void withoutTlsNothingIsSharedAndOneClientOpensAllConnections() throws Exception {
    try (Connections connections = to("http://127.0.0.1:1")) {
      assertThat(share(connections)).isNull();
      assertThat(connections.plain()).isSameAs(connections.plain());
    }
  }

  @Test
  void closedGivesNoMore() throws IOException {
    Connections connections = to("https://127.0.0.1:1");
    connections.close();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> share(connections))
        .withMessage("the client of https://127.0.0.1:1 is closed");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(connections::plain)
        .withMessage("the client of https://127.0.0.1:1 is closed");
  }
}
