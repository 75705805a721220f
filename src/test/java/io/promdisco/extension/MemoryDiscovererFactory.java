package io.promdisco.extension;

import io.promdisco.config.SdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.TargetSink;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Discovers the targets in {@code memory_sd_configs}, and records events. */
public final class MemoryDiscovererFactory implements DiscovererFactory {
  private final List<String> events = new CopyOnWriteArrayList<>();

  /** The events in order: {@code create a}, {@code close a}. */
  public List<String> events() {
    return events;
  }

  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof MemorySdConfig;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) {
    MemorySdConfig memory = (MemorySdConfig) config;
    events.add("create " + memory.name());
    return new Discoverer() {
      @Override
      public void start(TargetSink sink) {
        Labels target =
            Labels.of("__address__", memory.target(), "__meta_memory_name", memory.name());
        sink.update(List.of(new TargetGroup("0", List.of(target), Labels.EMPTY)));
        sink.synced();
      }

      @Override
      public void close() {
        events.add("close " + memory.name());
      }
    };
  }
}
