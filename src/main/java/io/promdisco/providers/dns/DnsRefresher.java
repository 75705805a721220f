package io.promdisco.providers.dns;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.refresh.Refreshed;
import io.promdisco.providers.refresh.Refresher;
import io.promdisco.util.Nouns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.Type;

/** Looks up all names of an SD config at once; a name without an answer keeps its last targets. */
final class DnsRefresher implements Refresher {
  private final DnsSdConfig config;
  private final Path resolvConf;
  private final DnsLookups lookups;
  private final DnsMetrics metrics;
  private final Map<String, TargetGroup> known = new LinkedHashMap<>();

  /**
   * Refreshes {@code config}.
   *
   * @param resolvConf the file, which is read for every lookup
   */
  DnsRefresher(DnsSdConfig config, Path resolvConf, DnsLookups lookups, DnsMetrics metrics) {
    this.config = config;
    this.resolvConf = resolvConf;
    this.lookups = lookups;
    this.metrics = metrics;
  }

  @Override
  public Refreshed refresh() throws IOException, InterruptedException {
    Map<String, DnsLookup> answers = lookUp();
    Map<String, String> failures = new LinkedHashMap<>();
    for (Map.Entry<String, DnsLookup> answer : answers.entrySet()) {
      String name = answer.getKey();
      metrics.lookedUp();
      try {
        known.put(name, DnsRecords.group(name, config.port(), answer.getValue().result()));
      } catch (IOException e) {
        metrics.failed();
        failures.put(name, String.valueOf(e.getMessage()));
      }
    }
    if (failures.size() == answers.size()) {
      throw new IOException(together(failures));
    }
    return new Refreshed(List.copyOf(known.values()), Optional.empty(), failures);
  }

  private Map<String, DnsLookup> lookUp() throws IOException, InterruptedException {
    try {
      return lookups.run(ResolverSettings.read(resolvConf), type(config.type()), config.names());
    } catch (IOException e) {
      for (int i = 0; i < config.names().stream().distinct().count(); i++) {
        metrics.lookedUp();
        metrics.failed();
      }
      throw e;
    }
  }

  /** The first failure, with its name where there are several. */
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
