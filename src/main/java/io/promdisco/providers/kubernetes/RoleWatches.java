package io.promdisco.providers.kubernetes;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.role.EndpointSliceGroupBuilder;
import io.promdisco.providers.kubernetes.role.EndpointsGroupBuilder;
import io.promdisco.providers.kubernetes.role.GroupBuilder;
import io.promdisco.providers.kubernetes.role.IngressGroupBuilder;
import io.promdisco.providers.kubernetes.role.NodeGroupBuilder;
import io.promdisco.providers.kubernetes.role.PodGroupBuilder;
import io.promdisco.providers.kubernetes.role.ServiceGroupBuilder;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table of what a role watches, and how each changed object leads to the groups whose labels
 * depend on it. Only resources in the table are watched, and each of them leads to groups.
 *
 * @param primary the objects that become groups
 * @param builder creates a builder of their groups
 * @param watches all resources to watch, the primary one first
 */
record RoleWatches<P extends KubeObject>(
    Resource<P> primary, Supplier<GroupBuilder<P>> builder, List<Watch<?>> watches) {

  /**
   * A resource to watch.
   *
   * @param resource the resource
   * @param selector the role whose selector applies; null for none
   * @param events the events that are counted
   * @param unchanged whether two versions of an object result in equal groups
   * @param path the indexes that lead from a changed object to the affected groups: its key is
   *     looked up in the first index, the resulting keys in the second; without indexes the group
   *     has the key of the object
   */
  record Watch<V extends KubeObject>(
      Resource<V> resource,
      @Nullable Role selector,
      Events events,
      BiPredicate<KubeObject, KubeObject> unchanged,
      List<ObjectIndex<?>> path) {

    /**
     * Returns the scope of the watch for a provider's namespace; empty for all. Some resources have
     * no namespace.
     */
    WatchScope scope(KubernetesSdConfig config, String namespace) {
      String within = resource.namespaced() ? namespace : "";
      if (selector == null) {
        return new WatchScope(within, "", "");
      }
      Selector narrow = config.selector(selector);
      return new WatchScope(within, narrow.label(), narrow.field());
    }
  }

  /** The events of a resource that are counted, as in Prometheus. */
  enum Events {
    /** None. */
    NONE,
    /** Updates only. */
    UPDATES,
    /** All. */
    ALL
  }

  /** Returns what {@code role} watches with {@code attach}. */
  static RoleWatches<?> of(Role role, AttachMetadata attach) {
    return switch (role) {
      case NODE -> primary(Resource.NODES, Role.NODE, NodeGroupBuilder::new).build();
      case POD ->
          primary(Resource.PODS, Role.POD, () -> new PodGroupBuilder(attach))
              .nodes(attach, ObjectIndex.PODS_BY_NODE)
              .namespaces(attach)
              .owners(attach)
              .build();
      case SERVICE ->
          primary(Resource.SERVICES, Role.SERVICE, () -> new ServiceGroupBuilder(attach))
              .namespaces(attach)
              .build();
      case ENDPOINTS ->
          primary(Resource.ENDPOINTS, Role.ENDPOINTS, () -> new EndpointsGroupBuilder(attach))
              .add(Resource.SERVICES, Role.SERVICE, Events.ALL)
              .add(Resource.PODS, Role.POD, Events.UPDATES, ObjectIndex.ENDPOINTS_BY_POD)
              .nodes(attach, ObjectIndex.ENDPOINTS_BY_NODE)
              .namespaces(attach)
              .owners(attach, ObjectIndex.ENDPOINTS_BY_POD)
              .build();
      case ENDPOINTSLICE ->
          primary(
                  Resource.ENDPOINT_SLICES,
                  Role.ENDPOINTSLICE,
                  () -> new EndpointSliceGroupBuilder(attach))
              .add(Resource.SERVICES, Role.SERVICE, Events.ALL, ObjectIndex.SLICES_BY_SERVICE)
              .add(Resource.PODS, Role.POD, Events.UPDATES, ObjectIndex.SLICES_BY_POD)
              .nodes(attach, ObjectIndex.SLICES_BY_NODE)
              .namespaces(attach)
              .owners(attach, ObjectIndex.SLICES_BY_POD)
              .build();
      case INGRESS ->
          primary(Resource.INGRESSES, Role.INGRESS, () -> new IngressGroupBuilder(attach))
              .namespaces(attach)
              .build();
    };
  }

  private static <P extends KubeObject> Table<P> primary(
      Resource<P> resource, Role selector, Supplier<GroupBuilder<P>> builder) {
    return new Table<>(resource, builder).add(resource, selector, Events.ALL);
  }

  /** Collects the rows for a role. */
  private static final class Table<P extends KubeObject> {
    private final List<Watch<?>> watches = new ArrayList<>();
    private final Resource<P> primary;
    private final Supplier<GroupBuilder<P>> builder;

    Table(Resource<P> primary, Supplier<GroupBuilder<P>> builder) {
      this.primary = primary;
      this.builder = builder;
    }

    Table<P> add(
        Resource<?> resource, @Nullable Role selector, Events events, ObjectIndex<?>... path) {
      watches.add(new Watch<>(resource, selector, events, ObjectComparison::same, List.of(path)));
      return this;
    }

    /** Adds the nodes of other objects; only their labels and annotations are used. */
    Table<P> nodes(AttachMetadata attach, ObjectIndex<P> index) {
      if (attach.node()) {
        watches.add(
            new Watch<>(
                Resource.NODES,
                Role.NODE,
                Events.NONE,
                ObjectComparison::sameMeta,
                List.of(index)));
      }
      return this;
    }

    Table<P> namespaces(AttachMetadata attach) {
      return attach.namespace()
          ? add(Resource.NAMESPACES, null, Events.NONE, ObjectIndex.byNamespace(primary))
          : this;
    }

    /**
     * Adds the owners of pods. A pod contains the name of its job, but not that of its cron job.
     */
    Table<P> owners(AttachMetadata attach, ObjectIndex<?>... fromPods) {
      if (attach.deployment()) {
        add(
            Resource.REPLICA_SETS,
            null,
            Events.NONE,
            path(ObjectIndex.PODS_BY_REPLICA_SET, fromPods));
      }
      if (attach.cronJob()) {
        add(Resource.JOBS, null, Events.NONE, path(ObjectIndex.PODS_BY_JOB, fromPods));
      }
      return this;
    }

    private static ObjectIndex<?>[] path(ObjectIndex<?> first, ObjectIndex<?>... rest) {
      List<ObjectIndex<?>> path = new ArrayList<>(List.of(first));
      path.addAll(List.of(rest));
      return path.toArray(ObjectIndex<?>[]::new);
    }

    RoleWatches<P> build() {
      return new RoleWatches<>(primary, builder, List.copyOf(watches));
    }
  }
}
