package io.promdisco.providers.fixed;

import io.promdisco.config.SdConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.TargetSink;

/**
 * Discovers the targets of {@code static_configs}: all of them at the start, and nothing
 * afterwards.
 */
public final class StaticDiscovererFactory implements DiscovererFactory {
  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof StaticSdConfig;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) {
    StaticSdConfig fixed = (StaticSdConfig) config;
    return new Discoverer() {
      @Override
      public void start(TargetSink sink) {
        sink.update(fixed.groups());
        sink.synced();
      }

      @Override
      public void close() {
        // Nothing to close.
      }
    };
  }
}
