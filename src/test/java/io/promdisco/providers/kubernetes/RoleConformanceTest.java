package io.promdisco.providers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import io.promdisco.providers.kubernetes.role.EndpointSliceGroupBuilder;
import io.promdisco.providers.kubernetes.role.EndpointsGroupBuilder;
import io.promdisco.providers.kubernetes.role.GroupBuilder;
import io.promdisco.providers.kubernetes.role.IngressGroupBuilder;
import io.promdisco.providers.kubernetes.role.NodeGroupBuilder;
import io.promdisco.providers.kubernetes.role.ObjectLookup;
import io.promdisco.providers.kubernetes.role.PodGroupBuilder;
import io.promdisco.providers.kubernetes.role.ServiceGroupBuilder;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The builders give the targets that a freshly started Prometheus shows. */
class RoleConformanceTest {
  @Test
  void everyRecordedStateGivesTheTargetsOfAFreshPrometheus() throws IOException {
    RecordedCases<ConformanceCase> cases = ConformanceCase.all();
    int states = 0;
    int targets = 0;
    Set<String> labels = new TreeSet<>();
    for (ConformanceCase recorded : cases) {
      TestCluster cluster = recorded.cluster();
      for (int step = 0; step <= recorded.steps().size(); step++) {
        if (step > 0) {
          recorded.apply(step, cluster);
        }
        Map<String, List<Map<String, String>>> expected = recorded.expected(step);
        for (ConformanceCase.Job job : recorded.jobs()) {
          List<Map<String, String>> discovered = discover(job, cluster);
          List<Map<String, String>> right = expected.get(job.name());
          assertThat(right).isNotNull();
          if (!ConformanceCase.agree(job, discovered, right)) {
            assertThat(discovered)
                .as("%s after step %d, job %s", recorded, step, job.name())
                .isEqualTo(right);
          }
          targets += discovered.size();
          discovered.forEach(target -> labels.addAll(target.keySet()));
        }
        states++;
      }
      cases.ran(recorded);
    }
    cases.printSummary(
        "roles", states + " states", targets + " targets", labels.size() + " label names");
    assertThat(targets).isPositive();
  }

  private static List<Map<String, String>> discover(ConformanceCase.Job job, TestCluster cluster) {
    List<Map<String, String>> all = new ArrayList<>();
    for (KubernetesSdConfig config : job.configs()) {
      Set<String> namespaces = new TreeSet<>(config.namespaces());
      if (namespaces.isEmpty() || config.role() == Role.NODE) {
        namespaces = Set.of("");
      }
      for (String namespace : namespaces) {
        for (TargetGroup group : groups(config, namespace, cluster)) {
          for (Labels target : group.targets()) {
            Map<String, String> labels = new TreeMap<>(group.labels().toMap());
            labels.putAll(target.toMap());
            all.add(labels);
          }
        }
      }
    }
    return ConformanceCase.sorted(all);
  }

  private static List<TargetGroup> groups(
      KubernetesSdConfig config, String namespace, TestCluster cluster) {
    AttachMetadata attach = config.attach();
    ObjectLookup lookup = new ClusterLookup(config, namespace, cluster);
    return switch (config.role()) {
      case NODE -> build(new NodeGroupBuilder(), Resource.NODES, config, "", cluster, lookup);
      case POD ->
          build(new PodGroupBuilder(attach), Resource.PODS, config, namespace, cluster, lookup);
      case SERVICE ->
          build(
              new ServiceGroupBuilder(attach),
              Resource.SERVICES,
              config,
              namespace,
              cluster,
              lookup);
      case ENDPOINTS ->
          build(
              new EndpointsGroupBuilder(attach),
              Resource.ENDPOINTS,
              config,
              namespace,
              cluster,
              lookup);
      case ENDPOINTSLICE ->
          build(
              new EndpointSliceGroupBuilder(attach),
              Resource.ENDPOINT_SLICES,
              config,
              namespace,
              cluster,
              lookup);
      case INGRESS ->
          build(
              new IngressGroupBuilder(attach),
              Resource.INGRESSES,
              config,
              namespace,
              cluster,
              lookup);
    };
  }

  private static <V extends KubeObject> List<TargetGroup> build(
      GroupBuilder<V> builder,
      Resource<V> resource,
      KubernetesSdConfig config,
      String namespace,
      TestCluster cluster,
      ObjectLookup lookup) {
    return cluster.list(resource, scope(config, config.role(), namespace)).stream()
        .map(object -> builder.build(resource.view().cast(object.view()), lookup))
        .toList();
  }

  private static WatchScope scope(KubernetesSdConfig config, Role role, String namespace) {
    KubernetesSdConfig.Selector selector = config.selector(role);
    return new WatchScope(namespace, selector.label(), selector.field());
  }

  /** Finds objects by going through all of them. */
  private static final class ClusterLookup implements ObjectLookup {
    private final Map<Resource<?>, Map<ObjectKey, KubeObject>> objects = new HashMap<>();

    ClusterLookup(KubernetesSdConfig config, String namespace, TestCluster cluster) {
      add(cluster, Resource.NODES, scope(config, Role.NODE, ""));
      add(cluster, Resource.NAMESPACES, WatchScope.ALL);
      add(cluster, Resource.SERVICES, scope(config, Role.SERVICE, namespace));
      add(cluster, Resource.PODS, scope(config, Role.POD, namespace));
      add(cluster, Resource.REPLICA_SETS, new WatchScope(namespace, "", ""));
      add(cluster, Resource.JOBS, new WatchScope(namespace, "", ""));
    }

    private void add(TestCluster cluster, Resource<?> resource, WatchScope scope) {
      Map<ObjectKey, KubeObject> byKey = new HashMap<>();
      cluster.list(resource, scope).forEach(one -> byKey.put(one.view().key(), one.view()));
      objects.put(resource, byKey);
    }

    private <V extends KubeObject> @Nullable V get(Resource<V> resource, ObjectKey key) {
      Map<ObjectKey, KubeObject> byKey = objects.get(resource);
      return byKey == null ? null : resource.view().cast(byKey.get(key));
    }

    @Override
    public @Nullable NodeView node(String name) {
      return get(Resource.NODES, new ObjectKey("", name));
    }

    @Override
    public @Nullable MetadataView namespace(String name) {
      return get(Resource.NAMESPACES, new ObjectKey("", name));
    }

    @Override
    public @Nullable ServiceView service(ObjectKey key) {
      return get(Resource.SERVICES, key);
    }

    @Override
    public @Nullable PodView pod(ObjectKey key) {
      return get(Resource.PODS, key);
    }

    @Override
    public @Nullable MetadataView replicaSet(ObjectKey key) {
      return get(Resource.REPLICA_SETS, key);
    }

    @Override
    public @Nullable MetadataView job(ObjectKey key) {
      return get(Resource.JOBS, key);
    }
  }
}
