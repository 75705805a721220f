package io.promdisco.monitors.live;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ObjectListener;
import io.promdisco.providers.kubernetes.watch.WatchErrorMessage;
import io.promdisco.providers.kubernetes.watch.WatchHealth;
import io.promdisco.providers.kubernetes.watch.WatchPool;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.time.Duration;
import java.util.List;

/** A watch of monitors, or of what they name, and whether it works. Safe for all threads. */
final class FollowedObjects<V extends KubeObject>
    implements ObjectListener<V>, WatchHealth, AutoCloseable {
  private static final String NOT_FOUND = "404 ";

  private final Runnable onChange;
  private final WatchPool.Lease<V> lease;

  @GuardedBy("this")
  private boolean synced;

  @GuardedBy("this")
  private String failure = "";

  /**
   * Starts to watch.
   *
   * @param onChange called after each change of the objects or of the state; must return quickly
   */
  FollowedObjects(WatchPool pool, Resource<V> resource, WatchScope scope, Runnable onChange) {
    this.onChange = onChange;
    lease = pool.lease(resource, scope, this);
    lease.addListener("monitors-" + resource.plural(), this, Duration.ZERO);
  }

  /** Returns what is known, the last known state if the watch does not work. */
  List<V> objects() {
    return lease.store().all();
  }

  /** Whether everything has been read once. */
  synchronized boolean isSynced() {
    return synced;
  }

  /** Whether the server has said which objects there are, or that it will not say. */
  synchronized boolean isAnswered() {
    return synced || WatchErrorMessage.isRefusal(failure);
  }

  /** Whether it is known which objects there are: all have been read, or there is no such kind. */
  synchronized boolean isKnown() {
    return synced || failure.startsWith(NOT_FOUND);
  }

  /** Returns why the watch does not work; empty: it does, or has not been answered. */
  synchronized String failure() {
    return failure;
  }

  @Override
  public void failing(String part, String reason, Duration nextTry) {
    set(reason);
  }

  @Override
  public void recovered(String part) {
    set("");
  }

  private void set(String reason) {
    synchronized (this) {
      failure = reason;
    }
    onChange.run();
  }

  @Override
  public void onAdd(V object, boolean initial) {
    if (!initial) {
      onChange.run();
    }
  }

  @Override
  public void onUpdate(V old, V now) {
    onChange.run();
  }

  @Override
  public void onDelete(V last) {
    onChange.run();
  }

  @Override
  public void onSynced() {
    synchronized (this) {
      synced = true;
    }
    onChange.run();
  }

  /** Ends the watch. */
  @Override
  public void close() {
    lease.close();
  }
}
