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
 * Finds new objects while the API server fills its watch cache, for example after its start. Then
 * it rejects watches, but answers lists with a limit and without selectors from etcd (KEP-4568).
 *
 * <p>There, counting is cheap and reading is not. So it asks for the number of objects; if that
 * differs from the known number, for the number in each namespace; and reads the namespaces with
 * more objects than known. Changed and deleted objects, and new ones in a namespace from which as
 * many were deleted, are left to the next watch or list. For the reflector's thread.
 */
final class WatchCacheGap<V extends KubeObject> {
  private static final Logger log = EscapingLogger.of(WatchCacheGap.class);

  /** The maximum number of namespaces, because each needs a request. */
  static final int MOST_NAMESPACES = 200;

  /** The maximum number of objects that are read at a time; the next list reads all of them. */
  static final int MOST_OBJECTS = 5000;

  private static final long UNKNOWN = -1;

  private final ResourceClient client;
  private final Resource<V> resource;
  private final WatchScope scope;
  private final int pageSize;
  private final Reflector.Sink<V> sink;

  /** Creates an instance for the watch that fills {@code sink}. */
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

  /** Whether an error says that the watch cache is being filled. */
  static boolean isMeantBy(ApiException refused) {
    return refused.code() == 429
        && String.valueOf(refused.getMessage()).contains("storage is (re)initializing");
  }

  /** Adds new objects. Ends at the first error or failure with an exception. */
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

  /**
   * Returns the known namespaces and, unless that is forbidden, all others; if there are too many,
   * not all of them.
   */
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
      log.debug("{}: does not look into new namespaces", client.server(), e);
    }
    return names;
  }

  /** Returns the number of objects, or {@link #UNKNOWN}. */
  private long count(WatchScope part) throws IOException, InterruptedException {
    int[] items = new int[1];
    ResourceClient.Page page = client.list(resource, part, 1, "", object -> items[0]++);
    if (page.continueToken().isEmpty()) {
      return items[0];
    }
    return page.remaining() < 0 ? UNKNOWN : items[0] + page.remaining();
  }
}
