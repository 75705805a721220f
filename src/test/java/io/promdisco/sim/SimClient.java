package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.client.decode.JsonDecoder;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Lists and watches a simulated cluster directly, without HTTP. Thread-safe. */
public final class SimClient implements ResourceClient {
  private final SimCluster cluster;
  private final String name;
  private final Set<Subscription> open = ConcurrentHashMap.newKeySet();

  /** A client of {@code cluster}; messages call it {@code name}. */
  public SimClient(SimCluster cluster, String name) {
    this.cluster = cluster;
    this.name = name;
  }

  @Override
  public String server() {
    return name;
  }

  @Override
  public Optional<String> ownNamespace() {
    return Optional.empty();
  }

  @Override
  public <V extends KubeObject> Page list(
      Resource<V> resource,
      WatchScope scope,
      int limit,
      String continueToken,
      Consumer<? super V> items)
      throws IOException {
    String version = Long.toString(cluster.resourceVersion());
    try {
      for (ObjectNode object :
          cluster.list(resource, scope.namespace(), scope.labelSelector(), scope.fieldSelector())) {
        items.accept(JsonDecoder.decode(resource, object));
      }
    } catch (StatusException e) {
      throw refused(e);
    }
    return new Page(version, "", -1);
  }

  @Override
  public <V extends KubeObject> void watch(
      Resource<V> resource,
      WatchScope scope,
      String resourceVersion,
      int timeoutSeconds,
      WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    try (Subscription subscription =
        cluster.subscribe(
            resource,
            scope.namespace(),
            scope.labelSelector(),
            scope.fieldSelector(),
            resourceVersion,
            resourceVersion.isEmpty())) {
      open.add(subscription);
      handler.opened();
      for (Optional<SimEvent> event = subscription.next();
          event.isPresent();
          event = subscription.next()) {
        handle(resource, event.get(), handler);
      }
      open.remove(subscription);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  private static <V extends KubeObject> void handle(
      Resource<V> resource, SimEvent event, WatchHandler<? super V> handler) throws IOException {
    String version = Long.toString(event.resourceVersion());
    switch (event.type()) {
      case ADDED -> handler.added(JsonDecoder.decode(resource, event.object()), version);
      case MODIFIED -> handler.modified(JsonDecoder.decode(resource, event.object()), version);
      case DELETED -> handler.deleted(JsonDecoder.decode(resource, event.object()), version);
      case BOOKMARK -> handler.bookmark(version, event.initialEventsEnd());
    }
  }

  private static ApiException refused(StatusException e) {
    return new ApiException(e.code(), e.reason(), String.valueOf(e.getMessage()), null);
  }

  @Override
  public void close() {
    open.forEach(Subscription::end);
  }
}
