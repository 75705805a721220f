package io.promdisco.cli.source;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.DataName;
import io.promdisco.monitors.MonitorKind;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.providers.kubernetes.RequiredPermissions.Permission;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What credentials must be allowed in order to read monitors and what these name. Pure. */
public final class MonitorPermissions {
  private static final List<String> VERBS = List.of("get", "list", "watch");
  private static final Resource<?> SECRETS =
      new Resource<>("", "v1", "secrets", "Secret", true, MetadataView.class);
  private static final Resource<?> CONFIG_MAPS =
      new Resource<>("", "v1", "configmaps", "ConfigMap", true, MetadataView.class);

  private MonitorPermissions() {}

  /** Returns the permissions to read monitors, and the labels of namespaces if these count. */
  public static List<Permission> ofMonitors(MonitorSettings settings) {
    List<Permission> needed = new ArrayList<>();
    for (MonitorKind kind : selected(settings)) {
      Resource<?> resource =
          new Resource<>(
              MonitorKind.GROUP,
              kind.version(),
              kind.plural(),
              kind.kind(),
              true,
              MetadataView.class);
      needed.addAll(in(orAll(settings.allowedNamespaces()), resource));
    }
    if (settings.readsNamespaces()) {
      needed.add(new Permission(Resource.NAMESPACES, "", VERBS, List.of()));
    }
    return needed;
  }

  /** Returns the permissions to read the Secrets and ConfigMaps that the resources name. */
  public static List<Permission> ofData(CompiledMonitors monitors) {
    TreeMap<String, Set<String>> secrets = new TreeMap<>();
    TreeMap<String, Set<String>> maps = new TreeMap<>();
    for (DataName name : monitors.references()) {
      (name.isSecret() ? secrets : maps)
          .computeIfAbsent(name.namespace(), any -> new TreeSet<>())
          .add(name.name());
    }
    List<Permission> needed = new ArrayList<>();
    secrets.forEach(
        (namespace, names) ->
            needed.add(new Permission(SECRETS, namespace, VERBS, List.copyOf(names))));
    maps.forEach(
        (namespace, names) ->
            needed.add(new Permission(CONFIG_MAPS, namespace, VERBS, List.copyOf(names))));
    return needed;
  }

  /** Returns the permissions to read the Secrets and ConfigMaps that resources may name. */
  public static List<Permission> ofData(MonitorSettings settings) {
    if (selected(settings).isEmpty()) {
      return List.of();
    }
    Set<String> allowed = settings.allowedNamespaces();
    Set<String> ofSecrets = settings.secretNamespaces();
    Collection<String> namespaces = new TreeSet<>(ofSecrets.isEmpty() ? orAll(allowed) : ofSecrets);
    if (!allowed.isEmpty()) {
      namespaces.retainAll(allowed);
    }
    List<Permission> needed = new ArrayList<>(in(namespaces, SECRETS));
    needed.addAll(in(namespaces, CONFIG_MAPS));
    return needed;
  }

  /** Returns what the jobs of monitors that are not known may discover; ScrapeConfigs: anything. */
  public static List<KubernetesSdConfig> possibleDiscovery(MonitorSettings settings) {
    List<KubernetesSdConfig> configs = new ArrayList<>();
    for (MonitorKind kind : selected(settings)) {
      switch (kind) {
        case SERVICE_MONITOR -> configs.add(KubernetesSdConfig.builder(Role.ENDPOINTSLICE).build());
        case POD_MONITOR -> configs.add(KubernetesSdConfig.builder(Role.POD).build());
        case PROBE -> configs.add(KubernetesSdConfig.builder(Role.INGRESS).build());
        case SCRAPE_CONFIG -> {}
      }
    }
    return configs;
  }

  private static List<MonitorKind> selected(MonitorSettings settings) {
    return Arrays.stream(MonitorKind.values()).filter(settings::selects).toList();
  }

  private static Collection<String> orAll(Set<String> namespaces) {
    return namespaces.isEmpty() ? List.of("") : new TreeSet<>(namespaces);
  }

  private static List<Permission> in(Collection<String> namespaces, Resource<?> resource) {
    return namespaces.stream()
        .map(namespace -> new Permission(resource, namespace, VERBS, List.of()))
        .toList();
  }
}
