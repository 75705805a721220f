package io.promdisco.providers.kubernetes.role;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the objects that a test has put. */
public final class MapLookup implements ObjectLookup {
  private final Map<String, KubeObject> objects = new HashMap<>();

  MapLookup put(String kind, KubeObject object) {
    objects.put(kind + " " + object.key(), object);
    return this;
  }

  @Override
  public @Nullable NodeView node(String name) {
    return (NodeView) objects.get("node " + name);
  }

  @Override
  public @Nullable MetadataView namespace(String name) {
    return (MetadataView) objects.get("namespace " + name);
  }

  @Override
  public @Nullable ServiceView service(ObjectKey key) {
    return (ServiceView) objects.get("service " + key);
  }

  @Override
  public @Nullable PodView pod(ObjectKey key) {
    return (PodView) objects.get("pod " + key);
  }

  @Override
  public @Nullable MetadataView replicaSet(ObjectKey key) {
    return (MetadataView) objects.get("replicaset " + key);
  }

  @Override
  public @Nullable MetadataView job(ObjectKey key) {
    return (MetadataView) objects.get("job " + key);
  }
}
