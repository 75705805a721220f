package io.promdisco.monitors.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.offline.ManifestReader;
import io.promdisco.providers.kubernetes.client.decode.JsonDecoder;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.ApiException;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An API server with objects of any kind, which can lack kinds, refuse them or not answer. */
public final class FakeMonitorServer implements ResourceClient {
  private static final String NO_ANSWER = "";

  /** A change of an object: its state after it, or its last one. */
  private record Change(ObjectNode object, boolean isDeletion, boolean isFirst) {}

  @GuardedBy("this")
  private final Map<String, ObjectNode> objects = new LinkedHashMap<>();

  @GuardedBy("this")
  private final List<Change> changes = new ArrayList<>();

  @GuardedBy("this")
  private final Map<String, String> refusals = new HashMap<>();

  @GuardedBy("this")
  private final List<String> watches = new ArrayList<>();

  @GuardedBy("this")
  private boolean closed;

  private static String name(ObjectNode object) {
    return object.path("kind").asText()
        + "/"
        + object.at("/metadata/namespace").asText()
        + "/"
        + object.at("/metadata/name").asText();
  }

  /** Creates or replaces an object. */
  public synchronized void put(String yaml) {
    ObjectNode object = ManifestReader.object(yaml);
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    metadata.put("resourceVersion", Integer.toString(changes.size() + 1));
    metadata.put("uid", name(object));
    changes.add(new Change(object, false, objects.put(name(object), object) == null));
    notifyAll();
  }

  /** Deletes an object, named as {@code Secret/shop/auth}. */
  public synchronized void delete(String name) {
    ObjectNode last = objects.remove(name);
    if (last != null) {
      ObjectNode deleted = last.deepCopy();
      ((ObjectNode) deleted.get("metadata"))
          .put("resourceVersion", Integer.toString(changes.size() + 1));
      changes.add(new Change(deleted, true, false));
      notifyAll();
    }
  }

  /** Answers requests for a resource, and breaks its watches, with a status as {@code 403}. */
  synchronized void refuse(String plural, int status) {
    refusals.put(plural, Integer.toString(status));
    notifyAll();
  }

  /** Answers no request for a resource any more. */
  synchronized void hang(String plural) {
    refusals.put(plural, NO_ANSWER);
    notifyAll();
  }

  /** Answers requests for a resource again. */
  synchronized void accept(String plural) {
    refusals.remove(plural);
    notifyAll();
  }

  /** The watches that are open, as {@code secrets shop metadata.name=auth}. */
  synchronized List<String> watches() {
    return List.copyOf(watches);
  }

  @Override
  public String server() {
    return "https://fake";
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
    throw new IOException("not used: lists are streamed");
  }

  @Override
  public <V extends KubeObject> void watch(
      Resource<V> resource,
      WatchScope scope,
      String resourceVersion,
      int timeoutSeconds,
      WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    String watch =
        (resource.plural() + " " + scope.namespace() + " " + scope.fieldSelector()).strip();
    synchronized (this) {
      watches.add(watch);
      try {
        run(resource, scope, resourceVersion, handler);
      } finally {
        watches.remove(watch);
      }
    }
  }

  @GuardedBy("this")
  private <V extends KubeObject> void run(
      Resource<V> resource, WatchScope scope, String from, WatchHandler<? super V> handler)
      throws IOException, InterruptedException {
    awaitAcceptance(resource);
    handler.opened();
    int next = from.isEmpty() ? changes.size() : Integer.parseInt(from) - 1000;
    if (from.isEmpty()) {
      for (ObjectNode object : objects.values()) {
        if (matches(object, resource, scope)) {
          handler.added(JsonDecoder.decode(resource, object), version(next));
        }
      }
      handler.bookmark(version(next), true);
    }
    while (true) {
      while (next < changes.size()) {
        Change change = changes.get(next++);
        if (matches(change.object, resource, scope)) {
          V object = JsonDecoder.decode(resource, change.object);
          if (change.isDeletion) {
            handler.deleted(object, version(next));
          } else if (change.isFirst) {
            handler.added(object, version(next));
          } else {
            handler.modified(object, version(next));
          }
        }
      }
      wait();
      awaitAcceptance(resource);
    }
  }

  private static String version(int changes) {
    return Integer.toString(1000 + changes);
  }

  @GuardedBy("this")
  private void awaitAcceptance(Resource<?> resource) throws IOException, InterruptedException {
    while (true) {
      @Nullable String refusal = refusals.get(resource.plural());
      if (closed) {
        throw new IOException("closed");
      }
      if (refusal == null) {
        return;
      }
      if (!refusal.equals(NO_ANSWER)) {
        throw new ApiException(Integer.parseInt(refusal), "", "refused by the test", null);
      }
      wait();
    }
  }

  private static boolean matches(ObjectNode object, Resource<?> resource, WatchScope scope) {
    String namespace = object.at("/metadata/namespace").asText();
    String name = object.at("/metadata/name").asText();
    return object.path("kind").asText().equals(resource.kind())
        && (scope.namespace().isEmpty() || scope.namespace().equals(namespace))
        && (scope.fieldSelector().isEmpty()
            || scope.fieldSelector().equals("metadata.name=" + name));
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
