package io.promdisco.providers.fixed;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.SdConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.discovery.DiscoveryManager;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.metrics.Metrics;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.model.TargetSetUpdate;
import io.promdisco.util.SystemTicker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

final class StaticDiscovererFactoryTest {
  private static final TargetGroup SHOP =
      new TargetGroup(
          "0",
          List.of(Labels.of("__address__", "a:1"), Labels.of("__address__", "b:1")),
          Labels.of("team", "shop"));

  @Test
  void staticTargetsAreSyncedImmediately() throws InterruptedException {
    BlockingQueue<TargetSetUpdate> sent = new LinkedBlockingQueue<>();
    SdConfig config = new StaticSdConfig(List.of(SHOP, TargetGroup.empty("1")));
    try (SystemTicker ticker = new SystemTicker();
        DiscoveryManager manager =
            new DiscoveryManager(List.of(new StaticDiscovererFactory()), ticker, Metrics.none())) {
      manager.apply(Map.of("shop", List.of(config)));
      manager.start(sent::addAll);
      assertThat(manager.awaitSynced(Duration.ofSeconds(20))).isTrue();
      assertThat(sent.take())
          .isEqualTo(
              new TargetSetUpdate("shop", false, true, 1, 2, Map.of("static/0", List.of(SHOP))));
      ProviderStatus status = manager.status().get(0);
      assertThat(status.synced()).isTrue();
      assertThat(status.targets()).isEqualTo(2);
      assertThat(status.failures()).isEmpty();
    }
  }

  @Test
  void onlyStaticConfigsAreAccepted() {
    SdConfig other = () -> "file";
    StaticDiscovererFactory factory = new StaticDiscovererFactory();
    assertThat(factory.accepts(new StaticSdConfig(List.of()))).isTrue();
    assertThat(factory.accepts(other)).isFalse();
  }
}
