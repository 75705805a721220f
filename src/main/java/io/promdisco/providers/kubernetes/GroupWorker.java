package io.promdisco.providers.kubernetes;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.model.TargetGroup;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.role.GroupBuilder;
import io.promdisco.providers.kubernetes.role.GroupMemory;
import io.promdisco.providers.kubernetes.watch.ObjectStore;
import io.promdisco.util.SourceMemory;
import io.promdisco.workqueue.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds the groups of a discoverer's objects from the current content of the caches, many at a
 * time. For one thread at a time.
 */
final class GroupWorker<P extends KubeObject> implements Workers.Sync<ObjectKey> {
  /** The number of groups that are delivered together. */
  static final int BATCH = 500;

  private final Role role;
  private final Resource<P> primary;
  private final GroupBuilder<P> builder;
  private final Map<String, NamespaceCaches> caches;
  private final Consumer<List<TargetGroup>> sink;
  private final KubernetesMetrics metrics;
  private final GroupMemory memory;
  private final LargeGroupMemory large;
  private final RefusedGroups refused;
  private final BooleanSupplier closed;

  /**
   * Creates a worker.
   *
   * @param caches the caches by namespace; those of all namespaces have an empty name
   * @param sink receives the groups
   * @param memory counts the memory of each group, for this worker only
   * @param large counts the groups of all workers
   * @param refused receives groups that need too much memory
   * @param closed whether {@link #buildAll} should end early
   */
  GroupWorker(
      Role role,
      RoleWatches<P> watches,
      Map<String, NamespaceCaches> caches,
      Consumer<List<TargetGroup>> sink,
      KubernetesMetrics metrics,
      GroupMemory memory,
      LargeGroupMemory large,
      RefusedGroups refused,
      BooleanSupplier closed) {
    this.memory = memory;
    this.large = large;
    this.refused = refused;
    this.role = role;
    primary = watches.primary();
    builder = watches.builder().get();
    this.caches = Map.copyOf(caches);
    this.sink = sink;
    this.metrics = metrics;
    this.closed = closed;
  }

  /** Builds the groups of all objects; those that fail are added to {@code failed}. */
  void buildAll(Workers.Failures<ObjectKey> failed) {
    for (NamespaceCaches cache : caches.values()) {
      ObjectStore<P> store = cache.store(primary);
      if (store == null) {
        continue;
      }
      List<P> objects = store.all();
      for (int from = 0; from < objects.size() && !closed.getAsBoolean(); from += BATCH) {
        List<TargetGroup> groups = new ArrayList<>(BATCH);
        for (P object : objects.subList(from, Math.min(from + BATCH, objects.size()))) {
          TargetGroup group = build(object.key(), object, cache, failed);
          if (group != null && !group.isEmpty()) {
            groups.add(group);
          }
        }
        put(groups);
      }
    }
  }

  /**
   * Builds the groups of the objects at {@code keys}; an empty group if the object does not exist.
   */
  @Override
  public void sync(List<ObjectKey> keys, Workers.Failures<ObjectKey> failed) {
    List<TargetGroup> groups = new ArrayList<>(keys.size());
    for (ObjectKey key : keys) {
      NamespaceCaches cache = caches.get("");
      cache = cache == null ? caches.get(key.namespace()) : cache;
      ObjectStore<P> store = cache == null ? null : cache.store(primary);
      if (cache != null && store != null) {
        TargetGroup group = build(key, store.get(key), cache, failed);
        if (group != null) {
          groups.add(group);
        }
      }
    }
    put(groups);
  }

  private @Nullable TargetGroup build(
      ObjectKey key,
      @Nullable P object,
      NamespaceCaches cache,
      Workers.Failures<ObjectKey> failed) {
    try {
      memory.begin();
      TargetGroup group =
          object == null
              ? TargetGroup.empty(builder.source(key))
              : builder.build(object, cache, memory);
      large.put(key, memory.taken());
      refused.remove(key);
      return group;
    } catch (GroupMemory.TooLargeException | SourceMemory.ExceededException e) {
      refused.add(key, builder.source(key), String.valueOf(e.getMessage()));
    } catch (OutOfMemoryError | StackOverflowError e) { // Other groups can still be built.
      refused.add(key, builder.source(key), e.toString());
    } catch (RuntimeException e) {
      failed.add(key, e);
    }
    return null;
  }

  private void put(List<TargetGroup> groups) {
    if (!groups.isEmpty()) {
      metrics.built(role, groups.size());
      sink.accept(groups);
    }
  }
}
