package io.promdisco.cli.source;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.explain.Absence;
import io.promdisco.explain.Absence.Reason;
import io.promdisco.explain.ClusterInspector;
import io.promdisco.explain.ExplainQuery;
import io.promdisco.explain.ExplainQuery.AddressQuery;
import io.promdisco.explain.ExplainQuery.ObjectQuery;
import io.promdisco.explain.Explainer;
import io.promdisco.explain.ObjectSelection;
import io.promdisco.offline.ManifestReader;
import io.promdisco.providers.kubernetes.WatchedResources;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchErrorMessage;
import io.promdisco.util.EscapingLogger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;

/**
 * Reads the clusters that a configuration names to find out why they do not contain what was
 * queried.
 */
public final class ClusterInspection implements Explainer.SourceInspector {
  private static final Logger log = EscapingLogger.of(ClusterInspection.class);

  /** Reads nothing: only the targets that a server shows are known. */
  public static final Explainer.SourceInspector NONE =
      new Explainer.SourceInspector() {
        @Override
        public List<Absence> inspect(SdConfig config, ExplainQuery query) {
          return List.of(Absence.of(Reason.NOT_THERE, "the server shows no such target"));
        }

        @Override
        public List<Absence> inspect(SdConfig config, ObjectSelection selection) {
          return List.of();
        }

        @Override
        public Map<ObjectQuery, String> owners(SdConfig config, AddressQuery query) {
          return Map.of();
        }

        @Override
        public void names(SdConfig config, ExplainQuery query, BiConsumer<String, String> names) {}
      };

  private final ClusterClients readers;
  private final List<ProviderStatus> providers;
  private final List<ManifestReader.LeftOut> leftOut;
  private final Map<Object, Map<ObjectQuery, String>> owners = new HashMap<>();

  /**
   * Creates an inspection. It reads no cluster whose provider has failed, because the failure is
   * the reason.
   *
   * @param leftOut objects of a dump that cannot be used
   */
  public ClusterInspection(
      ClusterClients readers,
      List<ProviderStatus> providers,
      List<ManifestReader.LeftOut> leftOut) {
    this.readers = readers;
    this.providers = providers;
    this.leftOut = leftOut;
  }

  /** Looks at one cluster. */
  private interface ClusterLook {
    List<Absence> at(ClusterInspector inspector) throws InterruptedException;
  }

  @Override
  public List<Absence> inspect(SdConfig config, ExplainQuery query) throws InterruptedException {
    return inspect(
        config,
        Explainer.notListed(query),
        inspector -> {
          List<Absence> malformed = malformed(config, query);
          return malformed.isEmpty() ? inspector.inspect(query) : malformed;
        });
  }

  @Override
  public List<Absence> inspect(SdConfig config, ObjectSelection selection)
      throws InterruptedException {
    List<Absence> none = List.of(Absence.of(Reason.NOT_THERE, "it gives no target"));
    return inspect(config, none, inspector -> inspector.inspect(selection));
  }

  private List<Absence> failures(SdConfig config) {
    return providers.stream()
        .filter(provider -> provider.config().equals(config))
        .flatMap(provider -> provider.failures().stream())
        .map(failure -> Absence.of(Reason.UNREADABLE, failure.reason()))
        .toList();
  }

  /**
   * The failure of a source, or else what a look at its cluster gives.
   *
   * @param otherwise the reasons of a source without objects of its own
   */
  private List<Absence> inspect(SdConfig config, List<Absence> otherwise, ClusterLook look)
      throws InterruptedException {
    List<Absence> failures = failures(config);
    if (!(config instanceof KubernetesSdConfig kubernetes)) {
      return failures.isEmpty() ? otherwise : failures;
    }
    if (!failures.isEmpty()) {
      return withMissingPermissions(kubernetes, failures);
    }
    try {
      return withMissingPermissions(kubernetes, look.at(inspector(kubernetes)));
    } catch (DiscoveryException e) {
      return List.of(Absence.of(Reason.UNREADABLE, String.valueOf(e.getMessage())));
    }
  }

  /** Adds all permissions that the credentials lack if the server has rejected one. */
  private List<Absence> withMissingPermissions(KubernetesSdConfig config, List<Absence> reasons)
      throws InterruptedException {
    if (reasons.stream().noneMatch(one -> WatchErrorMessage.isForbidden(one.reason()))) {
      return reasons;
    }
    List<Absence> all = new ArrayList<>(reasons);
    try {
      ResourceClient client = readers.of(config);
      List<String> namespaces = WatchedResources.namespaces(config, client.ownNamespace());
      PermissionReview.of(client, WatchedResources.of(config, namespaces)).ifPresent(all::add);
    } catch (DiscoveryException e) {
      log.debug("{}: no access review", config, e); // the missing permission is among the reasons
    }
    return all;
  }

  private List<Absence> malformed(SdConfig config, ExplainQuery query) {
    if (!(query instanceof ObjectQuery asked)
        || !(config instanceof KubernetesSdConfig kubernetes)) {
      return List.of();
    }
    Role role = kubernetes.role();
    return leftOut.stream()
        .filter(object -> asked.isNamed(role, object.kind(), object.namespace(), object.name()))
        .map(object -> Absence.of(Reason.MALFORMED, "it cannot be used: " + object.problem()))
        .toList();
  }

  @Override
  public Map<ObjectQuery, String> owners(SdConfig config, AddressQuery query)
      throws InterruptedException {
    if (!(config instanceof KubernetesSdConfig kubernetes) || !failures(config).isEmpty()) {
      return Map.of();
    }
    Object cluster = List.of(readers.identity(kubernetes), kubernetes.namespaces());
    Map<ObjectQuery, String> known = owners.get(cluster);
    if (known == null) {
      try {
        known = inspector(kubernetes).owners(query);
      } catch (DiscoveryException e) {
        known = Map.of(); // inspect() has reported it
      }
      owners.put(cluster, known);
    }
    return known;
  }

  @Override
  public void names(SdConfig config, ExplainQuery query, BiConsumer<String, String> names)
      throws InterruptedException {
    if (config instanceof KubernetesSdConfig kubernetes) {
      try {
        inspector(kubernetes).names(query, names);
      } catch (DiscoveryException e) {
        return; // inspect() has reported it
      }
    }
  }

  private ClusterInspector inspector(KubernetesSdConfig config) throws DiscoveryException {
    ResourceClient client = readers.of(config);
    List<String> namespaces = WatchedResources.namespaces(config, client.ownNamespace());
    return new ClusterInspector(config, namespaces, client);
  }
}
