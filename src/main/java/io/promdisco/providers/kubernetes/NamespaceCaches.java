package io.promdisco.providers.kubernetes;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.object.ServiceView;
import io.promdisco.providers.kubernetes.role.ObjectLookup;
import io.promdisco.providers.kubernetes.watch.ObjectStore;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The stores from which the groups of one namespace, or of all namespaces, are built. Each
 * namespace has separate stores, so that a reference into another namespace finds nothing, whether
 * that one is watched or not. Nodes and namespaces are in common stores. Safe for all threads, like
 * the stores.
 */
final class NamespaceCaches implements ObjectLookup {
  private final Map<Resource<?>, ObjectStore<?>> stores;
  private final @Nullable ObjectStore<NodeView> nodes;
  private final @Nullable ObjectStore<MetadataView> namespaces;
  private final @Nullable ObjectStore<ServiceView> services;
  private final @Nullable ObjectStore<PodView> pods;
  private final @Nullable ObjectStore<MetadataView> replicaSets;
  private final @Nullable ObjectStore<MetadataView> jobs;

  NamespaceCaches(Map<Resource<?>, ObjectStore<?>> stores) {
    this.stores = Map.copyOf(stores);
    nodes = store(Resource.NODES);
    namespaces = store(Resource.NAMESPACES);
    services = store(Resource.SERVICES);
    pods = store(Resource.PODS);
    replicaSets = store(Resource.REPLICA_SETS);
    jobs = store(Resource.JOBS);
  }

  /** Returns the store of {@code resource}; null if it is not watched. */
  @SuppressWarnings("unchecked") // the store of a resource contains its views
  <V extends KubeObject> @Nullable ObjectStore<V> store(Resource<V> resource) {
    return (ObjectStore<V>) stores.get(resource);
  }

  /** Adds an index to the store of its resource. */
  <V extends KubeObject> void addIndex(ObjectIndex<V> index) {
    ObjectStore<V> store = store(index.resource());
    if (store != null) {
      store.addIndex(index.name(), index.keys()::apply);
    }
  }

  /** Passes the keys to which {@code path} leads from {@code key} to {@code found}. */
  void follow(List<ObjectIndex<?>> path, ObjectKey key, Consumer<ObjectKey> found) {
    if (path.isEmpty()) {
      found.accept(key);
      return;
    }
    ObjectIndex<?> index = path.get(0);
    ObjectStore<?> store = store(index.resource());
    if (store != null) {
      List<ObjectIndex<?>> rest = path.subList(1, path.size());
      for (KubeObject object : store.byIndex(index.name(), key.toString())) {
        follow(rest, object.key(), found);
      }
    }
  }

  @Override
  public @Nullable NodeView node(String name) {
    return get(nodes, new ObjectKey("", name));
  }

  @Override
  public @Nullable MetadataView namespace(String name) {
    return get(namespaces, new ObjectKey("", name));
  }

  @Override
  public @Nullable ServiceView service(ObjectKey key) {
    return get(services, key);
  }

  @Override
  public @Nullable PodView pod(ObjectKey key) {
    return get(pods, key);
  }

  @Override
  public @Nullable MetadataView replicaSet(ObjectKey key) {
    return get(replicaSets, key);
  }

  @Override
  public @Nullable MetadataView job(ObjectKey key) {
    return get(jobs, key);
  }

  private static <V extends KubeObject> @Nullable V get(
      @Nullable ObjectStore<V> store, ObjectKey key) {
    return store == null ? null : store.get(key);
  }
}
