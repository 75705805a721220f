package io.promdisco.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.offline.ApiServerDefaults;
import io.promdisco.offline.KubernetesJson;
import io.promdisco.offline.ObjectSelector;
import io.promdisco.offline.ResourceKinds;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a simulated cluster and the history of their changes, like the store of a
 * Kubernetes API server: one counter of resource versions for everything, watches from any version
 * that is not compacted, and lists at older versions. Supports the kinds in {@code Resource.ALL}.
 * Safe for all threads.
 *
 * <p>Returned objects are shared and must not be changed. Objects in arguments are copied, except
 * in {@link #load}.
 */
public final class SimCluster {
  /** The default number of changes of one kind that are stored for watches. */
  public static final int DEFAULT_HISTORY = 5_000;

  private final Supplier<Instant> clock;

  @GuardedBy("this")
  private final Map<Resource<?>, ResourceTable> tables = new HashMap<>();

  @GuardedBy("this")
  private long revision = 1;

  /** Creates an empty cluster with the system clock. */
  public SimCluster() {
    this(Instant::now, DEFAULT_HISTORY);
  }

  /**
   * Creates an empty cluster.
   *
   * @param clock the clock for creation times
   * @param historyLimit the number of changes of one kind that are stored for watches; older ones
   *     are compacted
   */
  public SimCluster(Supplier<Instant> clock, int historyLimit) {
    this.clock = clock;
    for (Resource<?> resource : Resource.ALL) {
      tables.put(resource, new ResourceTable(resource, historyLimit));
    }
  }

  /**
   * Adds the objects of supported kinds, replacing existing ones; ignores the others. Takes
   * ownership of the objects.
   *
   * @return number of objects added
   */
  public int load(Iterable<ObjectNode> objects) {
    int taken = 0;
    for (ObjectNode object : objects) {
      Optional<Resource<?>> resource = ResourceKinds.find(object);
      if (resource.isPresent()) {
        replace(resource.get(), object);
        taken++;
      }
    }
    return taken;
  }

  /**
   * Adds an object with its status. Generates a missing uid and creation time.
   *
   * @return the object as stored
   * @throws StatusException if its kind is unknown, its name is missing, or it exists already
   */
  public synchronized ObjectNode create(ObjectNode object) {
    Resource<?> resource = resourceOf(object);
    ObjectNode copy = prepared(resource, object.deepCopy());
    ResourceTable table = table(resource);
    String key = key(resource, copy);
    if (table.get(key) != null) {
      throw StatusException.alreadyExists(resource, name(copy));
    }
    return store(table, key, null, copy);
  }

  /**
   * Replaces an object with its status. A missing uid and creation time are kept. An identical
   * object changes nothing.
   *
   * @return the object as stored
   * @throws StatusException if its kind is unknown, it does not exist, or its resource version or
   *     uid differs from the stored one
   */
  public synchronized ObjectNode update(ObjectNode object) {
    Resource<?> resource = resourceOf(object);
    ObjectNode copy = prepared(resource, object.deepCopy());
    return updateLocked(resource, copy);
  }

  /** Replaces an object but keeps its status, as a PUT does for kinds with a status subresource. */
  synchronized ObjectNode updateAllButStatus(ObjectNode object) {
    Resource<?> resource = resourceOf(object);
    ObjectNode copy = prepared(resource, object.deepCopy());
    copyField(existing(resource, copy), copy, "status");
    return updateLocked(resource, copy);
  }

  /**
   * Replaces only the status of an object.
   *
   * @return the object as stored
   * @throws StatusException as for {@link #update}
   */
  public synchronized ObjectNode updateStatus(ObjectNode object) {
    Resource<?> resource = resourceOf(object);
    ObjectNode given = prepared(resource, object.deepCopy());
    ObjectNode copy = existing(resource, given).deepCopy();
    copyField(given, copy, "status");
    copyField(
        KubernetesJson.child(given, "metadata"),
        KubernetesJson.child(copy, "metadata"),
        "resourceVersion");
    return updateLocked(resource, copy);
  }

  /**
   * Creates or replaces an object with its status, and ignores its resource version.
   *
   * @return the object as stored
   * @throws StatusException if its kind is unknown or its name is missing
   */
  public ObjectNode apply(ObjectNode object) {
    return replace(resourceOf(object), object.deepCopy());
  }

  private synchronized ObjectNode replace(Resource<?> resource, ObjectNode own) {
    prepared(resource, own);
    ResourceTable table = table(resource);
    String key = key(resource, own);
    return store(table, key, table.get(key), own);
  }

  /**
   * Deletes the object with the kind, namespace and name of {@code object}.
   *
   * @return its last state
   * @throws StatusException if its kind is unknown or it does not exist
   */
  public ObjectNode delete(ObjectNode object) {
    Resource<?> resource = resourceOf(object);
    String namespace = KubernetesJson.text(object, "metadata", "namespace");
    String orDefault = namespace.isEmpty() && resource.namespaced() ? "default" : namespace;
    return delete(resource, orDefault, name(object));
  }

  /**
   * Deletes an object immediately, without finalizers and grace periods.
   *
   * @param namespace empty for kinds without namespaces
   * @return its last state
   * @throws StatusException if it does not exist
   */
  public synchronized ObjectNode delete(Resource<?> resource, String namespace, String name) {
    ResourceTable table = table(resource);
    String key = key(resource, namespace, name);
    ObjectNode before = table.get(key);
    if (before == null) {
      throw StatusException.notFound(resource, name);
    }
    revision++;
    table.apply(new ObjectChange(revision, key, before, null));
    return before;
  }

  /** Returns an object, if it exists. */
  public synchronized Optional<ObjectNode> get(
      Resource<?> resource, String namespace, String name) {
    return Optional.ofNullable(table(resource).get(key(resource, namespace, name)));
  }

  /**
   * Returns the selected objects, sorted by namespace and name.
   *
   * @param namespace empty for all
   * @param labelSelector as in a request; empty for all
   * @param fieldSelector as in a request; empty for all
   * @throws StatusException with code 400 if a selector is invalid
   */
  public List<ObjectNode> list(
      Resource<?> resource, String namespace, String labelSelector, String fieldSelector) {
    return page(
            resource,
            selection(resource, new WatchScope(namespace, labelSelector, fieldSelector)),
            0,
            "",
            0)
        .items();
  }

  /**
   * Returns a page of a list at a version.
   *
   * @param at resource version; 0 for the current one
   * @param after the last key of the previous page; empty for the first page
   * @param limit the maximum number of items; 0 for no limit
   * @throws StatusException with code 410 if {@code at} is compacted
   */
  synchronized ListPage page(
      Resource<?> resource, ObjectSelector selection, long at, String after, int limit) {
    return table(resource).page(selection, at == 0 ? revision : at, after, limit);
  }

  /**
   * Subscribes to the changes of selected objects.
   *
   * @param namespace empty for all
   * @param labelSelector as in a request; empty for all
   * @param fieldSelector as in a request; empty for all
   * @param resourceVersion the version after which events begin; if empty or {@code 0}, the current
   *     objects come first, as ADDED
   * @param initialEvents whether the current objects come first for any version, and then a
   *     bookmark that marks their end
   * @throws StatusException with code 400 if an argument is invalid, 410 if the version is
   *     compacted
   */
  Subscription subscribe(
      Resource<?> resource,
      String namespace,
      String labelSelector,
      String fieldSelector,
      String resourceVersion,
      boolean initialEvents) {
    ObjectSelector selection =
        selection(resource, new WatchScope(namespace, labelSelector, fieldSelector));
    return subscribe(resource, selection, parseVersion(resourceVersion), initialEvents);
  }

  /**
   * Parses the selectors of a request.
   *
   * @throws StatusException with code 400 if one is invalid
   */
  static ObjectSelector selection(Resource<?> resource, WatchScope scope) {
    try {
      return ObjectSelector.of(resource, scope);
    } catch (IllegalArgumentException e) {
      throw StatusException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** Returns the resource of {@code object}, or throws 404. */
  static Resource<?> resourceOf(ObjectNode object) {
    return ResourceKinds.find(object)
        .orElseThrow(
            () ->
                StatusException.of(
                    404,
                    "the server could not find the requested resource (kind "
                        + KubernetesJson.text(object, "kind")
                        + " of "
                        + KubernetesJson.text(object, "apiVersion")
                        + ")"));
  }

  /** Returns a resource version as a number; 0 if it is empty. */
  static long parseVersion(String resourceVersion) {
    try {
      long version = resourceVersion.isEmpty() ? 0 : Long.parseLong(resourceVersion);
      if (version >= 0) {
        return version;
      }
    } catch (NumberFormatException e) {
      throw invalidVersion(resourceVersion, e);
    }
    throw invalidVersion(resourceVersion, null);
  }

  private static StatusException invalidVersion(String version, @Nullable Throwable cause) {
    StatusException refusal =
        StatusException.badRequest(
            "resourceVersion: Invalid value: \"" + version + "\": not a number of this server");
    if (cause != null) {
      refusal.initCause(cause);
    }
    return refusal;
  }

  synchronized Subscription subscribe(
      Resource<?> resource, ObjectSelector selection, long after, boolean initialEvents) {
    ResourceTable table = table(resource);
    boolean withState = initialEvents || after == 0;
    Subscription subscription =
        new Subscription(this, table, selection, withState ? revision : after);
    if (withState) {
      table.subscribeWithState(subscription, selection);
    } else {
      table.subscribeAfter(subscription, after);
    }
    if (initialEvents) {
      subscription.offer(table.bookmark(revision, true));
    }
    return subscription;
  }

  synchronized void unsubscribe(Subscription subscription) {
    subscription.table().unsubscribe(subscription);
  }

  synchronized void bookmark(Subscription subscription) {
    subscription.offer(subscription.table().bookmark(revision, false));
  }

  /** Returns the newest resource version. */
  public synchronized long resourceVersion() {
    return revision;
  }

  /** Drops the history: watches and pages from older versions than the newest are rejected. */
  public synchronized void compact() {
    // A new version, so that clients that have read up to here are too old as well.
    revision++;
    for (ResourceTable table : tables.values()) {
      table.compact(revision);
    }
  }

  @GuardedBy("this")
  private ResourceTable table(Resource<?> resource) {
    ResourceTable table = tables.get(resource);
    if (table == null) {
      throw StatusException.of(404, "the server could not find the requested resource");
    }
    return table;
  }

  private static ObjectNode prepared(Resource<?> resource, ObjectNode own) {
    if (name(own).isEmpty()) {
      throw StatusException.invalid(
          resource.kind() + " \"\"", "metadata.name: Required value: a name");
    }
    ApiServerDefaults.apply(resource, own);
    return own;
  }

  @GuardedBy("this")
  private ObjectNode existing(Resource<?> resource, ObjectNode object) {
    ObjectNode existing = table(resource).get(key(resource, object));
    if (existing == null) {
      throw StatusException.notFound(resource, name(object));
    }
    return existing;
  }

  @GuardedBy("this")
  private ObjectNode updateLocked(Resource<?> resource, ObjectNode own) {
    ObjectNode before = existing(resource, own);
    String given = KubernetesJson.text(own, "metadata", "resourceVersion");
    if (!given.isEmpty()
        && !given.equals(KubernetesJson.text(before, "metadata", "resourceVersion"))) {
      throw StatusException.conflict(
          resource, name(own), "the object has been modified; read it again and retry");
    }
    String uid = KubernetesJson.text(own, "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(KubernetesJson.text(before, "metadata", "uid"))) {
      throw StatusException.conflict(resource, name(own), "it has another uid: it is a new object");
    }
    return store(table(resource), key(resource, own), before, own);
  }

  @GuardedBy("this")
  private ObjectNode store(
      ResourceTable table, String key, @Nullable ObjectNode before, ObjectNode own) {
    ObjectNode metadata = KubernetesJson.child(own, "metadata");
    if (before != null) {
      ObjectNode old = KubernetesJson.child(before, "metadata");
      keepIfMissing(old, metadata, "uid");
      keepIfMissing(old, metadata, "creationTimestamp");
      copyField(old, metadata, "resourceVersion");
      if (own.equals(before)) {
        return before;
      }
    } else {
      if (KubernetesJson.text(metadata, "uid").isEmpty()) {
        metadata.put("uid", UUID.randomUUID().toString());
      }
      if (KubernetesJson.text(metadata, "creationTimestamp").isEmpty()) {
        metadata.put("creationTimestamp", clock.get().truncatedTo(ChronoUnit.SECONDS).toString());
      }
    }
    revision++;
    metadata.put("resourceVersion", Long.toString(revision));
    table.apply(new ObjectChange(revision, key, before, own));
    return own;
  }

  private static void keepIfMissing(ObjectNode from, ObjectNode to, String name) {
    if (KubernetesJson.text(to, name).isEmpty()) {
      copyField(from, to, name);
    }
  }

  private static void copyField(ObjectNode from, ObjectNode to, String name) {
    if (from.has(name)) {
      to.set(name, from.get(name));
    } else {
      to.remove(name);
    }
  }

  private static String name(ObjectNode object) {
    return KubernetesJson.text(object, "metadata", "name");
  }

  private static String key(Resource<?> resource, ObjectNode object) {
    return key(resource, KubernetesJson.text(object, "metadata", "namespace"), name(object));
  }

  private static String key(Resource<?> resource, String namespace, String name) {
    return resource.namespaced() ? namespace + "/" + name : name;
  }
}
