package io.promdisco;

import io.promdisco.config.SdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.discovery.TargetSink;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A source whose targets the test sets. */
final class ManualSource implements DiscovererFactory {
  /** The name of a source that cannot be started. */
  static final String REFUSED = "refused";

  private final Map<String, CompletableFuture<TargetSink>> sinks = new ConcurrentHashMap<>();

  /** One entry. */
  record Config(String name) implements SdConfig {
    @Override
    public String mechanism() {
      return "manual";
    }
  }

  /** Waits until a source is started, and returns its sink. */
  TargetSink sink(String name) {
    return future(name).join();
  }

  private CompletableFuture<TargetSink> future(String name) {
    return sinks.computeIfAbsent(name, any -> new CompletableFuture<>());
  }

  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof Config;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) throws DiscoveryException {
    String name = ((Config) config).name();
    if (name.equals(REFUSED)) {
      throw new DiscoveryException("on purpose");
    }
    return new Discoverer() {
      @Override
      public void start(TargetSink sink) {
        future(name).complete(sink);
      }

      @Override
      public void close() {}
    };
  }
}
