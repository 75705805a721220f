package io.promdisco.cli.source;

import io.promdisco.cli.output.Console;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ForwardingWatchHandler;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.ResourceClientFactory;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Counts the objects that clients list, for users who wait at a terminal. Without a terminal, it
 * returns the clients unchanged. A list that starts again counts from zero. Safe for all threads.
 */
public final class ListProgress {
  private final boolean shown;
  private final Map<Key, Progress> lists = new ConcurrentHashMap<>();

  private record Key(ResourceClient client, Resource<?> resource, WatchScope scope) {}

  /** One list, counted by the thread that reads it. */
  private static final class Progress {
    final String resource;
    final int place;
    final AtomicLong count = new AtomicLong();
    volatile long announced; // including those that the server has announced; 0 if it has not

    Progress(String resource, int place) {
      this.resource = resource;
      this.place = place;
    }

    void item() {
      count.incrementAndGet();
    }

    void page(long remaining) {
      announced = remaining < 0 ? 0 : count.get() + remaining;
    }
  }

  /** Creates a progress for the user at the console. */
  public ListProgress(Console console) {
    shown = console.terminal();
  }

  /** Returns clients that count everything they list. */
  public Function<Ticker, ResourceClientFactory> counting(
      Function<Ticker, ResourceClientFactory> clients) {
    return shown ? ticker -> new CountingFactory(clients.apply(ticker)) : clients;
  }

  /**
   * Returns, for example, {@code pods 31,200 of 50,000 · services 2,500}: by resource, in the order
   * in which their lists began; empty if none has.
   */
  public String text() {
    Map<String, long[]> byResource = new LinkedHashMap<>();
    lists.values().stream()
        .sorted(Comparator.comparingInt(progress -> progress.place))
        .forEach(
            progress -> {
              long[] sum = byResource.computeIfAbsent(progress.resource, any -> new long[2]);
              long count = progress.count.get();
              sum[0] += count;
              sum[1] += Math.max(progress.announced, count);
            });
    List<String> parts = new ArrayList<>();
    byResource.forEach(
        (resource, sum) ->
            parts.add(
                sum[1] > sum[0]
                    ? String.format(Locale.ROOT, "%s %,d of %,d", resource, sum[0], sum[1])
                    : String.format(Locale.ROOT, "%s %,d", resource, sum[0])));
    return String.join(" · ", parts);
  }

  /** Starts a list, or starts it again in its place. */
  private Progress begin(Key key) {
    return lists.compute(
        key,
        (same, before) ->
            new Progress(key.resource().plural(), before == null ? lists.size() : before.place));
  }

  private final class CountingFactory implements ResourceClientFactory {
    private final ResourceClientFactory factory;

    CountingFactory(ResourceClientFactory factory) {
      this.factory = factory;
    }

    @Override
    public ResourceClient open(KubernetesSdConfig config) throws DiscoveryException {
      return new CountingClient(factory.open(config));
    }

    @Override
    public Object identity(KubernetesSdConfig config) {
      return factory.identity(config);
    }
  }

  private final class CountingClient implements ResourceClient {
    private final ResourceClient client;

    CountingClient(ResourceClient client) {
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
        WatchScope scope,
        int limit,
        String continueToken,
        Consumer<? super V> items)
        throws IOException, InterruptedException {
      Key key = new Key(this, resource, scope);
      Progress known = continueToken.isEmpty() ? null : lists.get(key);
      Progress progress = known == null ? begin(key) : known;
      Page page =
          client.list(
              resource,
              scope,
              limit,
              continueToken,
              item -> {
                progress.item();
                items.accept(item);
              });
      progress.page(page.remaining());
      return page;
    }

    @Override
    public <V extends KubeObject> void watch(
        Resource<V> resource,
        WatchScope scope,
        String resourceVersion,
        int timeoutSeconds,
        WatchHandler<? super V> handler)
        throws IOException, InterruptedException {
      if (!resourceVersion.isEmpty()) {
        client.watch(resource, scope, resourceVersion, timeoutSeconds, handler);
        return;
      }
      Progress progress = begin(new Key(this, resource, scope));
      client.watch(
          resource,
          scope,
          resourceVersion,
          timeoutSeconds,
          new CountingHandler<>(progress, handler));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** A list as a stream. A bookmark ends it, after which nothing is counted. */
  private static final class CountingHandler<V> extends ForwardingWatchHandler<V> {
    private final Progress progress;
    private boolean ended;

    CountingHandler(Progress progress, ResourceClient.WatchHandler<? super V> handler) {
      super(handler);
      this.progress = progress;
    }

    @Override
    public void added(V object, String resourceVersion) {
      if (!ended) {
        progress.item();
      }
      super.added(object, resourceVersion);
    }

    @Override
    public void bookmark(String resourceVersion, boolean initialEventsEnd) {
      ended |= initialEventsEnd;
      super.bookmark(resourceVersion, initialEventsEnd);
    }
  }
}
