package io.promdisco.providers.kubernetes;

import io.promdisco.providers.kubernetes.RoleWatches.Events;
import io.promdisco.providers.kubernetes.RoleWatches.Watch;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.watch.ObjectListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the groups whose labels depend on a changed object of a watched resource. Called on one
 * thread.
 */
final class AffectedGroupListener<V extends KubeObject> implements ObjectListener<V> {
  /** Receives the affected groups. */
  interface Receiver {
    /** Whether to report the objects of the first list too. */
    boolean takesFirstList();

    /** Requests to build the groups of the objects at {@code keys}. */
    void build(List<ObjectKey> keys);

    /** Reports that all objects of the first list were processed. */
    void synced();
  }

  private final Watch<V> watch;
  private final List<NamespaceCaches> caches;
  private final KubernetesMetrics metrics;
  private final Receiver target;

  /** Creates a listener for the changes of {@code watch} in each of {@code caches}. */
  AffectedGroupListener(
      Watch<V> watch, List<NamespaceCaches> caches, KubernetesMetrics metrics, Receiver target) {
    this.watch = watch;
    this.caches = List.copyOf(caches);
    this.metrics = metrics;
    this.target = target;
  }

  @Override
  public void onAdd(V object, boolean initial) {
    count(KubernetesMetrics.ADD);
    if (!initial || target.takesFirstList()) {
      follow(object);
    }
  }

  @Override
  public void onUpdate(V old, V now) {
    count(KubernetesMetrics.UPDATE);
    if (!watch.unchanged().test(old, now)) {
      follow(now);
    }
  }

  @Override
  public void onDelete(V last) {
    count(KubernetesMetrics.DELETE);
    follow(last);
  }

  @Override
  public void onSynced() {
    target.synced();
  }

  private void follow(V object) {
    List<ObjectKey> keys = new ArrayList<>();
    Consumer<ObjectKey> found = keys::add;
    for (NamespaceCaches cache : caches) {
      cache.follow(watch.path(), object.key(), found);
    }
    if (!keys.isEmpty()) {
      target.build(keys);
    }
  }

  private void count(String event) {
    Events counted = watch.events();
    if (watch.selector() != null
        && (counted == Events.ALL
            || (counted == Events.UPDATES && event.equals(KubernetesMetrics.UPDATE)))) {
      metrics.event(watch.selector(), event);
    }
  }
}
