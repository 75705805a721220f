package io.promdisco.providers.dns;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.refresh.RefreshResult;
import io.promdisco.providers.refresh.Refresher;
import io.promdisco.util.MemoryBudget;
import io.promdisco.util.Nouns;
import io.promdisco.util.SourceMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.xbill.DNS.Type;

/**
 * Looks up all names of an SD config in parallel. A name without an answer keeps its last targets.
 */
final class DnsRefresher implements Refresher {
  private final DnsSdConfig config;
  private final Path resolvConf;
  private final ParallelDnsLookups lookups;
  private final DnsMetrics metrics;
  private final MemoryBudget.Share memory;
  private final Set<String> names;
  private final Map<String, TargetGroup> known = new LinkedHashMap<>();
  private final Map<String, Long> bytes =
      new HashMap<>(); // the approximate size of each known group in bytes
  private long held;

  /**
   * Creates a refresher for {@code config}.
   *
   * @param resolvConf the file that is read for every lookup
   * @param memory counts the targets
   */
  DnsRefresher(
      DnsSdConfig config,
      Path resolvConf,
      ParallelDnsLookups lookups,
      DnsMetrics metrics,
      MemoryBudget.Share memory) {
    names = new LinkedHashSet<>(config.names());
    this.memory = memory;
    this.config = config;
    this.resolvConf = resolvConf;
    this.lookups = lookups;
    this.metrics = metrics;
  }

  @Override
  public RefreshResult refresh() throws IOException, InterruptedException {
    Map<String, String> reasons = lookUp();
    Map<String, String> failures = new LinkedHashMap<>(); // in the order of the configuration
    for (String name : names) {
      metrics.lookedUp();
      String reason = reasons.get(name);
      if (reason != null) {
        metrics.failed();
        failures.put(name, reason);
      }
    }
    if (failures.size() == names.size()) {
      throw new IOException(together(failures));
    }
    return new RefreshResult(List.copyOf(known.values()), Optional.empty(), failures);
  }

  /** Returns the failure of each name that could not be looked up. */
  private Map<String, String> lookUp() throws IOException, InterruptedException {
    Map<String, String> reasons = new HashMap<>();
    try {
      lookups.run(
          ResolverSettings.read(resolvConf),
          type(config.type()),
          config.names(),
          lookup -> {
            try {
              read(lookup);
            } catch (IOException e) {
              reasons.put(lookup.asked(), String.valueOf(e.getMessage()));
            }
          });
      return reasons;
    } catch (IOException e) {
      for (int i = 0; i < names.size(); i++) {
        metrics.lookedUp();
        metrics.failed();
      }
      throw e;
    }
  }

  /** All names share the limit of one source. A name that exceeds it keeps its last targets. */
  private void read(DnsLookup lookup) throws IOException, InterruptedException {
    String name = lookup.asked();
    long others = held - bytes.getOrDefault(name, 0L);
    SourceMemory reading = memory.reading(others);
    try {
      known.put(name, DnsTargetGroup.group(name, config.port(), lookup.result(), reading));
      bytes.put(name, reading.taken() - others);
      held = reading.taken();
    } finally {
      memory.hold(held);
    }
  }

  @Override
  public void close() {
    memory.close();
  }

  /** Returns the first failure, with its name if there are several. */
  private static String together(Map<String, String> failures) {
    Map.Entry<String, String> first = failures.entrySet().iterator().next();
    int others = failures.size() - 1;
    return others == 0
        ? first.getValue()
        : first.getKey()
            + ": "
            + first.getValue()
            + " (and "
            + Nouns.count(others, "other name")
            + ")";
  }

  private static int type(DnsSdConfig.Type type) {
    return switch (type) {
      case A -> Type.A;
      case AAAA -> Type.AAAA;
      case SRV -> Type.SRV;
      case MX -> Type.MX;
      case NS -> Type.NS;
    };
  }
}
