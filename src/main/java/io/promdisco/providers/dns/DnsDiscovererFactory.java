package io.promdisco.providers.dns;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.Discoverer;
import io.promdisco.discovery.DiscovererFactory;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.refresh.RefreshLoop;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.Nouns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Creates the discoverers of {@code dns_sd_configs}. They ask the servers of {@code
 * /etc/resolv.conf}, which is read again for every lookup. Safe for all threads.
 */
public final class DnsDiscovererFactory implements DiscovererFactory {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final int PORT = 53;

  /** The maximum number of names in a message about several names. */
  private static final int LISTED = 3;

  /** As in Prometheus, {@code timeout} and {@code attempts} in the file have no effect. */
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final RefreshLoop loop;
  private final DnsMetrics metrics;
  private final Path resolvConf;
  private final ParallelDnsLookups lookups;
  private final MemoryBudget memory;

  /** Creates a factory whose discoverers run in {@code loop}. */
  public DnsDiscovererFactory(RefreshLoop loop, Metrics metrics) {
    this(loop, metrics, MemoryBudget.standard());
  }

  /** Creates a factory with approximate limits for the memory of an SD config's targets. */
  public DnsDiscovererFactory(RefreshLoop loop, Metrics metrics, MemoryBudget memory) {
    this(loop, metrics, RESOLV_CONF, new ParallelDnsLookups(PORT, TIMEOUT), memory);
  }

  DnsDiscovererFactory(
      RefreshLoop loop, Metrics metrics, Path resolvConf, ParallelDnsLookups lookups) {
    this(loop, metrics, resolvConf, lookups, MemoryBudget.standard());
  }

  DnsDiscovererFactory(
      RefreshLoop loop,
      Metrics metrics,
      Path resolvConf,
      ParallelDnsLookups lookups,
      MemoryBudget memory) {
    this.memory = memory;
    this.loop = loop;
    this.metrics = new DnsMetrics(metrics);
    this.resolvConf = resolvConf;
    this.lookups = lookups;
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
    String part = dns.type() + " records of " + listed(dns.names());
    DnsRefresher refresher = new DnsRefresher(dns, resolvConf, lookups, metrics, memory.share());
    return loop.discoverer("dns", provider, part, dns.refreshInterval(), refresher);
  }

  private static String listed(List<String> names) {
    int left = names.size() - LISTED;
    return left <= 0
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, LISTED)) + " and " + Nouns.count(left, "more name");
  }
}
