package io.promdisco.providers.kubernetes;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The objects of a cluster as manifests. For one thread. */
final class TestCluster {
  private final Map<Resource<?>, Map<ObjectKey, Stored>> objects = new HashMap<>();
  private final List<Listener> listeners = new ArrayList<>();
  private long version = 100;

  /**
   * Told of each change. {@code before} is null for a new object, {@code after} is null for a
   * deleted one.
   */
  interface Listener {
    void changed(Resource<?> resource, @Nullable Stored before, @Nullable Stored after);
  }

  /** An object, and the view that discovery reads. */
  record Stored(ParsedValues raw, KubeObject view) {
    boolean in(WatchScope scope) {
      return (scope.namespace().isEmpty() || scope.namespace().equals(view.meta().namespace()))
          && Selectors.matches(scope.labelSelector(), scope.fieldSelector(), raw);
    }
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void put(Object manifest) {
    ParsedValues raw = ParsedValues.of(manifest);
    Resource<?> resource = resource(raw);
    if (resource != null) {
      Stored now = new Stored(raw, ManifestViews.view(resource, raw, ++version));
      Stored before = stored(resource).put(now.view().key(), now);
      listeners.forEach(listener -> listener.changed(resource, before, now));
    }
  }

  void delete(Object manifest) {
    ParsedValues raw = ParsedValues.of(manifest);
    Resource<?> resource = resource(raw);
    if (resource != null) {
      ParsedValues meta = raw.at("metadata");
      ObjectKey key = new ObjectKey(meta.text("namespace"), meta.text("name"));
      Stored before = Objects.requireNonNull(stored(resource).remove(key), key::toString);
      version++;
      listeners.forEach(listener -> listener.changed(resource, before, null));
    }
  }

  /** Applies one document of a step: {@code op} and {@code object}. */
  void apply(Object change) {
    ParsedValues raw = ParsedValues.of(change);
    Object object = Objects.requireNonNull(raw.map().get("object"));
    if (raw.text("op").equals("delete")) {
      delete(object);
    } else {
      put(object);
    }
  }

  long version() {
    return version;
  }

  List<Stored> list(Resource<?> resource, WatchScope scope) {
    return stored(resource).values().stream().filter(object -> object.in(scope)).toList();
  }

  private Map<ObjectKey, Stored> stored(Resource<?> resource) {
    return objects.computeIfAbsent(resource, key -> new LinkedHashMap<>());
  }

  private static @Nullable Resource<?> resource(ParsedValues raw) {
    return Resource.ALL.stream()
        .filter(resource -> resource.kind().equals(raw.text("kind")))
        .findFirst()
        .orElse(null);
  }
}
