package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.EscapingLogger;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;

/**
 * Finds new objects while the API server fills its watch cache, as after its start: it refuses to
 * be watched then, but answers lists that have a limit and no selectors from etcd (KEP-4568).
 *
 * <p>Counting is cheap there and reading is not. So it asks how many objects there are; only if
 * that is another number than is known, how many each namespace has; and reads those that have
 * more. What has changed or gone, and what is new where as much has gone, is left to the watch or
 * list that follows. For the reflector's thread.
 */
final class WatchCacheGap<V extends KubeObject> {
  private static final Logger log = EscapingLogger.of(WatchCacheGap.class);

  /** Each namespace is a request: with more of them nothing is looked for. */
  static final int MOST_NAMESPACES = 200;

  /** More objects are not read at a time: the list that follows reads all. */
  static final int MOST_OBJECTS = 5000;

  private static final long UNKNOWN = -1;

  private final ResourceClient client;
  private final Resource<V> resource;
  private final WatchScope scope;
  private final int pageSize;
  private final Reflector.Sink<V> sink;

  /** A gap of the watch that fills {@code sink}. */
  WatchCacheGap(
      ResourceClient client,
      Resource<V> resource,
      WatchScope scope,
      int pageSize,
      Reflector.Sink<V> sink) {
    this.client = client;
    this.resource = resource;
    this.scope = scope;
    this.pageSize = pageSize;
    this.sink = sink;
  }

  /** Whether a refusal says that the watch cache is being filled. */
  static boolean isMeantBy(ApiException refused) {
    return refused.code() == 429
        && String.valueOf(refused.getMessage()).contains("storage is (re)initializing");
  }

  /** Puts what is new; returns at the first refusal or failure, with an exception. */
  void look() throws IOException, InterruptedException {
    if (!scope.labelSelector().isEmpty() || !scope.fieldSelector().isEmpty()) {
      return;
    }
    int known = sink.size();
    long there = count(scope);
    if (there == known || there == UNKNOWN) {
      return;
    }
    if (resource.namespaced() && scope.namespace().isEmpty()) {
      readNamespaces();
    } else if (there > known && there <= MOST_OBJECTS) {
      client.listAll(resource, scope, pageSize, sink::put);
    }
  }

  private void readNamespaces() throws IOException, InterruptedException {
    Map<String, Integer> known = sink.countByNamespace();
    Set<String> namespaces = namespaces(known.keySet());
    if (namespaces.size() > MOST_NAMESPACES) {
      return;
    }
    int left = MOST_OBJECTS;
    for (String namespace : namespaces) {
      WatchScope part = new WatchScope(namespace, "", "");
      long there = count(part);
      if (there > known.getOrDefault(namespace, 0) && there <= left) {
        client.listAll(resource, part, pageSize, sink::put);
        left -= (int) there;
      }
    }
  }

  /** Those that are known and, unless that is forbidden, all others; too many: not all of them. */
  private Set<String> namespaces(Set<String> known) throws IOException, InterruptedException {
    Set<String> names = new TreeSet<>(known);
    try {
      client.list(
          Resource.NAMESPACES,
          WatchScope.ALL,
          MOST_NAMESPACES + 1,
          "",
          namespace -> names.add(namespace.key().name()));
    } catch (ApiException e) {
      if (e.code() != 403) {
        throw e;
      }
      log.debug("{}: new namespaces are not looked into", client.server(), e);
    }
    return names;
  }

  /** How many objects there are, or {@link #UNKNOWN}. */
  private long count(WatchScope part) throws IOException, InterruptedException {
    int[] items = new int[1];
    ResourceClient.Page page = client.list(resource, part, 1, "", object -> items[0]++);
    if (page.continueToken().isEmpty()) {
      return items[0];
    }
    return page.remaining() < 0 ? UNKNOWN : items[0] + page.remaining();
  }
}
