package io.promdisco.offline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.providers.kubernetes.client.decode.JsonDecoder;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Opens clients that find the objects of every SD config in one dump.
 *
 * @param cluster the content of the dump
 * @param ownNamespace the namespace that {@code own_namespace} refers to; empty if unknown
 */
public record ManifestClientFactory(ManifestCluster cluster, Optional<String> ownNamespace)
    implements ResourceClientFactory {
  private static final String NAME = "manifests";

  @Override
  public ResourceClient open(KubernetesSdConfig config) {
    return new Client(cluster, ownNamespace, new CountDownLatch(1));
  }

  @Override
  public Object identity(KubernetesSdConfig config) {
    return NAME;
  }

  /**
   * Lists the dump. A watch returns the objects once and then waits, because a dump does not
   * change.
   */
  private record Client(
      ManifestCluster cluster, Optional<String> ownNamespace, CountDownLatch closed)
      implements ResourceClient {
    @Override
    public String server() {
      return NAME;
    }

    @Override
    public <V extends KubeObject> Page list(
        Resource<V> resource,
        WatchScope scope,
        int limit,
        String continueToken,
        Consumer<? super V> items)
        throws IOException {
      for (ObjectNode object : selected(resource, scope)) {
        items.accept(JsonDecoder.decode(resource, object));
      }
      return new Page(version(), "", -1);
    }

    @Override
    public <V extends KubeObject> void watch(
        Resource<V> resource,
        WatchScope scope,
        String resourceVersion,
        int timeoutSeconds,
        WatchHandler<? super V> handler)
        throws IOException, InterruptedException {
      List<ObjectNode> objects = selected(resource, scope);
      handler.opened();
      if (resourceVersion.isEmpty()) {
        for (ObjectNode object : objects) {
          handler.added(
              JsonDecoder.decode(resource, object),
              KubernetesJson.text(object, "metadata", "resourceVersion"));
        }
        handler.bookmark(version(), true);
      }
      closed.await();
    }

    private List<ObjectNode> selected(Resource<?> resource, WatchScope scope) throws ApiException {
      try {
        return cluster.list(resource, scope);
      } catch (IllegalArgumentException e) {
        throw new ApiException(400, "BadRequest", String.valueOf(e.getMessage()), null);
      }
    }

    private String version() {
      return Long.toString(cluster.resourceVersion());
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
