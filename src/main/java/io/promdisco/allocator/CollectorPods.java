package io.promdisco.allocator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.allocation.Collector;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.metrics.Metrics;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ObjectListener;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.kubernetes.watch.WatchHealth;
import io.promdisco.providers.kubernetes.watch.WatchPool;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.util.Closer;
import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.Set;

/** Watches the pods of the collectors, and tells which exist and which are Ready. */
final class CollectorPods implements AutoCloseable, ObjectListener<PodView>, WatchHealth {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final Closer closer = new Closer();
  private final Membership membership;

  @GuardedBy("this")
  private String failure = "";

  /**
   * Starts the watch.
   *
   * @throws DiscoveryException if there is no cluster to connect to
   */
  CollectorPods(
      AllocatorConfig config, ResourceClientFactory clients, Ticker ticker, Membership membership)
      throws DiscoveryException {
    this.membership = membership;
    KubernetesSdConfig.Builder cluster = KubernetesSdConfig.builder(KubernetesSdConfig.Role.POD);
    if (!config.kubeconfig().isEmpty()) {
      cluster.kubeconfigFile(config.kubeconfig());
    }
    closer
        .add(new WatchPool(closer.add(clients.open(cluster.build())), ticker, Metrics.none()))
        .lease(Resource.PODS, new WatchScope(config.namespace(), config.selector(), ""), this)
        .addListener("collectors", this, Duration.ZERO);
  }

  /** Why the watch does not work; empty: it works. */
  synchronized String failure() {
    return failure;
  }

  @Override
  public synchronized void failing(String part, String reason, Duration nextTry) {
    failure = part + ": " + reason;
  }

  @Override
  public synchronized void recovered(String part) {
    failure = "";
  }

  @Override
  public void onAdd(PodView pod, boolean initial) {
    if (ENDED.contains(pod.phase())) {
      membership.lost(pod.meta().name());
    } else {
      Collector collector = new Collector(pod.meta().name(), pod.nodeName());
      membership.found(collector, pod.ready().equals("True"));
    }
  }

  @Override
  public void onUpdate(PodView old, PodView now) {
    onAdd(now, false);
  }

  @Override
  public void onDelete(PodView last) {
    membership.lost(last.meta().name());
  }

  @Override
  public void onSynced() {
    membership.synced();
  }

  /** Ends the watch. */
  @Override
  public void close() {
    closer.close();
  }
}
