package io.promdisco;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.util.Closer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Third-party factories. They are searched for only when there is an SD config that no factory of
 * promdisco accepts, because the search opens every jar of the class path. Safe for all threads.
 */
final class ThirdPartyFactories implements DiscovererFactory {
  private final Iterable<DiscovererFactory> services;

  @GuardedBy("this")
  private @Nullable List<DiscovererFactory> found;

  /**
   * Creates an instance without searching.
   *
   * @param services iterated over at most once
   */
  ThirdPartyFactories(Iterable<DiscovererFactory> services) {
    this.services = services;
  }

  private @Nullable DiscovererFactory of(SdConfig config) {
    List<DiscovererFactory> all;
    synchronized (this) {
      if (found == null) {
        found = new ArrayList<>();
        services.forEach(found::add);
      }
      all = found;
    }
    for (DiscovererFactory factory : all) {
      if (factory.accepts(config)) {
        return factory;
      }
    }
    return null;
  }

  @Override
  public boolean accepts(SdConfig config) {
    return of(config) != null;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) throws DiscoveryException {
    DiscovererFactory factory = of(config);
    if (factory == null) {
      throw new DiscoveryException(provider + ": not a configuration of this factory");
    }
    return factory.create(config, provider);
  }

  @Override
  public void close() {
    List<DiscovererFactory> all;
    synchronized (this) {
      all = found == null ? List.of() : found;
    }
    try (Closer closer = new Closer()) {
      all.forEach(closer::add);
    }
  }
}
