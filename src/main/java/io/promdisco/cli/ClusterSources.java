package io.promdisco.cli;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.explain.Absence;
import io.promdisco.explain.Absence.Why;
import io.promdisco.explain.Explainer;
import io.promdisco.explain.Inspector;
import io.promdisco.explain.ObjectReader;
import io.promdisco.explain.Query;
import io.promdisco.explain.Query.ObjectQuery;
import io.promdisco.providers.kubernetes.WatchedResources;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import java.util.List;
import java.util.function.BiConsumer;

/** Looks at the clusters that a configuration names why they do not give what was asked for. */
final class ClusterSources implements Explainer.Sources {
  /** Looks at nothing: only the targets that a server shows are known. */
  static final Explainer.Sources NONE =
      new Explainer.Sources() {
        @Override
        public List<Absence> inspect(SdConfig config, Query query) {
          return List.of(new Absence("", Why.NOT_THERE, "the server shows no such target"));
        }

        @Override
        public void names(SdConfig config, Query query, BiConsumer<String, String> names) {}
      };

  private final ClusterReaders readers;
  private final List<ProviderStatus> providers;

  /** Asks no cluster whose provider has failed: its failure is the reason. */
  ClusterSources(ClusterReaders readers, List<ProviderStatus> providers) {
    this.readers = readers;
    this.providers = providers;
  }

  @Override
  public List<Absence> inspect(SdConfig config, Query query) throws InterruptedException {
    List<Absence> failures =
        providers.stream()
            .filter(provider -> provider.config().equals(config))
            .flatMap(provider -> provider.failures().stream())
            .map(failure -> new Absence("", Why.UNREADABLE, failure.reason()))
            .toList();
    if (!failures.isEmpty()) {
      return failures;
    }
    if (!(config instanceof KubernetesSdConfig kubernetes)) {
      return Explainer.notListed(query);
    }
    try {
      return inspector(kubernetes).inspect(query);
    } catch (DiscoveryException e) {
      return List.of(new Absence("", Why.UNREADABLE, String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void names(SdConfig config, Query query, BiConsumer<String, String> names)
      throws InterruptedException {
    if (config instanceof KubernetesSdConfig kubernetes && query instanceof ObjectQuery object) {
      try {
        inspector(kubernetes).names(object, names);
      } catch (DiscoveryException e) {
        return; // inspect has told it
      }
    }
  }

  private Inspector inspector(KubernetesSdConfig config) throws DiscoveryException {
    ResourceClient client = readers.of(config);
    List<String> namespaces = WatchedResources.namespaces(config, client.ownNamespace());
    return new Inspector(config, namespaces, ObjectReader.of(client));
  }
}
