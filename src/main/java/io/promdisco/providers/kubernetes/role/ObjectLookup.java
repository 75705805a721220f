package io.promdisco.providers.kubernetes.role;

import io.promdisco.providers.kubernetes.object.MetadataView;
import io.promdisco.providers.kubernetes.object.NodeView;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.ServiceView;
import org.jspecify.annotations.Nullable;

/**
 * The other objects that a group's labels may depend on. Methods return null if there is no such
 * object.
 */
public interface ObjectLookup {
  /** The node called {@code name}. */
  @Nullable NodeView node(String name);

  /** The namespace called {@code name}. */
  @Nullable MetadataView namespace(String name);

  /** The service at {@code key}. */
  @Nullable ServiceView service(ObjectKey key);

  /** The pod at {@code key}. */
  @Nullable PodView pod(ObjectKey key);

  /** The replica set at {@code key}. */
  @Nullable MetadataView replicaSet(ObjectKey key);

  /** The job at {@code key}. */
  @Nullable MetadataView job(ObjectKey key);
}
