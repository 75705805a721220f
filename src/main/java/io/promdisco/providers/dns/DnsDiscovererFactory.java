package io.promdisco.providers.dns;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.refresh.RefreshLoop;
import java.util.function.Supplier;

/**
 * Makes the discoverers of {@code dns_sd_configs}. They ask the servers of {@code
 * /etc/resolv.conf}, which is read again for every look. Safe for all threads.
 */
public final class DnsDiscovererFactory implements DiscovererFactory {
  private final RefreshLoop loop;
  private final DnsMetrics metrics;
  private final Supplier<DnsSettings> settings;

  /** Its discoverers run in {@code loop}. */
  public DnsDiscovererFactory(RefreshLoop loop, Metrics metrics) {
    this(loop, metrics, DnsSettings::ofMachine);
  }

  DnsDiscovererFactory(RefreshLoop loop, Metrics metrics, Supplier<DnsSettings> settings) {
    this.loop = loop;
    this.metrics = new DnsMetrics(metrics);
    this.settings = settings;
  }

  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof DnsSdConfig;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) throws DiscoveryException {
    if (!(config instanceof DnsSdConfig dns)) {
      throw new DiscoveryException(
          provider + ": " + config.mechanism() + " (expected: a DNS SD config)");
    }
    String part = dns.type() + " records of " + String.join(", ", dns.names());
    return loop.discoverer(
        "dns", provider, part, dns.refreshInterval(), new DnsRefresher(dns, settings, metrics));
  }
}
