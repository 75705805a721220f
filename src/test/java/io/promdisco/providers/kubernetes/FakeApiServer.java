package io.promdisco.providers.kubernetes;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An API server in the process: lists and watches a cluster of manifests. */
final class FakeApiServer implements ResourceClient {
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TestCluster cluster;
  // guarded by the lock, like the following fields
  private final List<Change> history = new ArrayList<>();
  private final Set<Resource<?>> forbidden = new HashSet<>();
  private final List<String> requests = new ArrayList<>();
  private @Nullable String ownNamespace;
  private boolean closed;

  private record Change(
      long version,
      Resource<?> resource,
      TestCluster.@Nullable Stored before,
      TestCluster.@Nullable Stored after) {}

  /** An action of a test on a cluster. */
  interface Action {
    void on(TestCluster cluster) throws IOException;
  }

  FakeApiServer(TestCluster cluster) {
    this.cluster = cluster;
    cluster.listen(
        (resource, before, after) ->
            history.add(new Change(cluster.version(), resource, before, after)));
  }

  /** Changes the cluster atomically. */
  void change(Action action) throws IOException {
    lock.lock();
    try {
      action.on(cluster);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Rejects the next lists and watches of {@code resource}, or stops doing so. */
  void forbid(Resource<?> resource, boolean refuse) {
    lock.lock();
    try {
      if (refuse) {
        forbidden.add(resource);
      } else {
        forbidden.remove(resource);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void runIn(String namespace) {
    ownNamespace = namespace;
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** The opened watches: plural and scope. */
  List<String> watches() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String server() {
    return "https://fake:6443";
  }

  @Override
  public Optional<String> ownNamespace() {
    return Optional.ofNullable(ownNamespace);
  }

  @Override
  public <V extends KubeObject> Page list(
      Resource<V> resource,
      WatchScope scope,
      int limit,
      String continueToken,
      Consumer<? super V> items)
      throws IOException {
    lock.lock();
    try {
      check(resource);
      for (TestCluster.Stored stored : cluster.list(resource, scope)) {
        items.accept(resource.view().cast(stored.view()));
      }
      return new Page(Long.toString(cluster.version()), "", -1);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public <V extends KubeObject> void watch(
      Resource<V> resource,
      WatchScope scope,
      String resourceVersion,
      int timeoutSeconds,
      WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      check(resource);
      requests.add(resource.plural() + " " + scope);
      handler.opened();
      long from = resourceVersion.isEmpty() ? 0 : Long.parseLong(resourceVersion);
      if (resourceVersion.isEmpty()) {
        for (TestCluster.Stored stored : cluster.list(resource, scope)) {
          handler.added(resource.view().cast(stored.view()), version(stored));
        }
        from = cluster.version();
        handler.bookmark(Long.toString(from), true);
      }
      int next = 0;
      while (true) {
        for (; next < history.size(); next++) {
          Change change = history.get(next);
          if (change.version > from && change.resource.equals(resource)) {
            send(change, resource, scope, handler);
          }
        }
        check(resource);
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static <V extends KubeObject> void send(
      Change change, Resource<V> resource, WatchScope scope, WatchHandler<? super V> handler) {
    TestCluster.Stored before = change.before;
    TestCluster.Stored after = change.after;
    boolean was = before != null && before.in(scope);
    String version = Long.toString(change.version);
    if (after != null && after.in(scope)) {
      V view = resource.view().cast(after.view());
      if (was) {
        handler.modified(view, version);
      } else {
        handler.added(view, version);
      }
    } else if (before != null && was) {
      handler.deleted(resource.view().cast(before.view()), version);
    }
  }

  private static String version(TestCluster.Stored stored) {
    return Long.toString(stored.view().meta().version());
  }

  private void check(Resource<?> resource) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    if (forbidden.contains(resource)) {
      throw new ApiException(403, "Forbidden", resource.plural() + " are forbidden", null);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
