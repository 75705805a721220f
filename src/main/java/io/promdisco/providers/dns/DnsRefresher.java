package io.promdisco.providers.dns;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.refresh.Refreshed;
import io.promdisco.providers.refresh.Refresher;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Looks up all names of an SD config at once; a name that gets no answer keeps what it had. */
final class DnsRefresher implements Refresher {
  private final DnsSdConfig config;
  private final Supplier<DnsSettings> settings;
  private final DnsMetrics metrics;
  private final Map<String, TargetGroup> known = new LinkedHashMap<>();

  DnsRefresher(DnsSdConfig config, Supplier<DnsSettings> settings, DnsMetrics metrics) {
    this.config = config;
    this.settings = settings;
    this.metrics = metrics;
  }

  @Override
  public Refreshed refresh() throws IOException, InterruptedException {
    Lookup lookup = new Lookup(settings.get(), type(config.type()));
    Map<String, CompletableFuture<List<Record>>> answers = new LinkedHashMap<>();
    for (String name : config.names()) {
      answers.computeIfAbsent(name, lookup::records);
    }
    Map<String, String> failures = new LinkedHashMap<>();
    for (Map.Entry<String, CompletableFuture<List<Record>>> answer : answers.entrySet()) {
      String name = answer.getKey();
      metrics.lookedUp();
      try {
        known.put(name, DnsRecords.group(name, config.port(), answer.getValue().get()));
      } catch (ExecutionException e) {
        metrics.failed();
        Throwable cause = e.getCause() == null ? e : e.getCause();
        failures.put(name, String.valueOf(cause.getMessage()));
      }
    }
    if (failures.size() == answers.size()) {
      Map.Entry<String, String> first = failures.entrySet().iterator().next();
      String others =
          failures.size() == 1 ? "" : " (and " + (failures.size() - 1) + " other names)";
      throw new IOException(first.getKey() + ": " + first.getValue() + others);
    }
    return new Refreshed(List.copyOf(known.values()), Optional.empty(), failures);
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
