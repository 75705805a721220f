package io.promdisco.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.kubernetes.watch.Scope;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Counts the objects that clients list, for those who wait. A list that begins again counts from
 * nothing. Safe for all threads.
 */
final class Listed {
  @GuardedBy("this")
  private final Map<Key, Progress> lists = new LinkedHashMap<>();

  private record Key(ResourceClient client, Resource<?> resource, Scope scope) {}

  /** One list. */
  private static final class Progress {
    long count;
    long announced; // with those that the server says will follow; 0: it has not said

    void add(Progress other) {
      count += other.count;
      announced += Math.max(other.announced, other.count);
    }
  }

  /** What counts all that the clients of {@code clients} list. */
  Function<Ticker, ResourceClientFactory> counting(
      Function<Ticker, ResourceClientFactory> clients) {
    return ticker -> new Factory(clients.apply(ticker));
  }

  /**
   * As {@code pods 31,200 of 50,000 · services 2,500}: by resource, in the order in which their
   * lists began; empty if none has.
   */
  String text() {
    Map<String, Progress> byResource = new LinkedHashMap<>();
    synchronized (this) {
      lists.forEach(
          (key, progress) ->
              byResource
                  .computeIfAbsent(key.resource().plural(), any -> new Progress())
                  .add(progress));
    }
    List<String> parts = new ArrayList<>();
    byResource.forEach(
        (resource, progress) ->
            parts.add(
                progress.announced > progress.count
                    ? String.format(
                        Locale.ROOT, "%s %,d of %,d", resource, progress.count, progress.announced)
                    : String.format(Locale.ROOT, "%s %,d", resource, progress.count)));
    return String.join(" · ", parts);
  }

  private synchronized void begin(Key key) {
    lists.put(key, new Progress());
  }

  private synchronized void item(Key key) {
    lists.computeIfAbsent(key, any -> new Progress()).count++;
  }

  private synchronized void page(Key key, long remaining) {
    Progress progress = lists.computeIfAbsent(key, any -> new Progress());
    progress.announced = remaining < 0 ? 0 : progress.count + remaining;
  }

  private final class Factory implements ResourceClientFactory {
    private final ResourceClientFactory factory;

    Factory(ResourceClientFactory factory) {
      this.factory = factory;
    }

    @Override
    public ResourceClient open(KubernetesSdConfig config) throws DiscoveryException {
      return new Client(factory.open(config));
    }

    @Override
    public Object identity(KubernetesSdConfig config) {
      return factory.identity(config);
    }
  }

  private final class Client implements ResourceClient {
    private final ResourceClient client;

    Client(ResourceClient client) {
      this.client = client;
    }

    @Override
    public String server() {
      return client.server();
    }

    @Override
    public Optional<String> ownNamespace() {
      return client.ownNamespace();
    }

    @Override
    public <V extends KubeObject> Page list(
        Resource<V> resource,
        Scope scope,
        int limit,
        String continueToken,
        String resourceVersion,
        Consumer<? super V> items)
        throws IOException, InterruptedException {
      Key key = new Key(this, resource, scope);
      if (continueToken.isEmpty()) {
        begin(key);
      }
      Page page =
          client.list(
              resource,
              scope,
              limit,
              continueToken,
              resourceVersion,
              item -> {
                item(key);
                items.accept(item);
              });
      page(key, page.remaining());
      return page;
    }

    @Override
    public <V extends KubeObject> void watch(
        Resource<V> resource,
        Scope scope,
        String resourceVersion,
        int timeoutSeconds,
        boolean sendInitialEvents,
        WatchHandler<? super V> handler)
        throws IOException, InterruptedException {
      if (!sendInitialEvents) {
        client.watch(resource, scope, resourceVersion, timeoutSeconds, false, handler);
        return;
      }
      Key key = new Key(this, resource, scope);
      begin(key);
      client.watch(
          resource, scope, resourceVersion, timeoutSeconds, true, new Streamed<>(key, handler));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** A list as a stream: its end is a bookmark, after which nothing is counted. */
  private final class Streamed<V> implements ResourceClient.WatchHandler<V> {
    private final Key key;
    private final ResourceClient.WatchHandler<? super V> handler;
    private boolean ended;

    Streamed(Key key, ResourceClient.WatchHandler<? super V> handler) {
      this.key = key;
      this.handler = handler;
    }

    @Override
    public void opened() {
      handler.opened();
    }

    @Override
    public void added(V object, String resourceVersion) {
      if (!ended) {
        item(key);
      }
      handler.added(object, resourceVersion);
    }

    @Override
    public void modified(V object, String resourceVersion) {
      handler.modified(object, resourceVersion);
    }

    @Override
    public void deleted(V object, String resourceVersion) {
      handler.deleted(object, resourceVersion);
    }

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {
      ended |= initialEventsEnd;
      handler.bookmark(resourceVersion, initialEventsEnd);
    }
  }
}
