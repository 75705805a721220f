package io.promdisco.providers.kubernetes.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a watch by key, with indexes. The reflector's thread writes; any thread may read,
 * and sees objects and indexes as they were between two writes.
 */
public final class ObjectStore<V extends KubeObject> {
  /** The values under which an object is found; may be none, and may repeat. */
  @FunctionalInterface
  public interface IndexFunction<V> {
    /** The values of {@code object}. */
    Collection<String> values(V object);
  }

  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  @GuardedBy("lock")
  private final Map<ObjectKey, V> objects = new HashMap<>();

  @GuardedBy("lock")
  private final Map<String, Index<V>> indexes = new HashMap<>();

  private static final class Index<V extends KubeObject> {
    final IndexFunction<? super V> function;
    final Map<String, Map<ObjectKey, V>> byValue = new HashMap<>();

    Index(IndexFunction<? super V> function) {
      this.function = function;
    }

    void add(V object) {
      for (String value : function.values(object)) {
        byValue.computeIfAbsent(value, v -> new LinkedHashMap<>(4)).put(object.key(), object);
      }
    }

    void remove(V object) {
      for (String value : function.values(object)) {
        Map<ObjectKey, V> found = byValue.get(value);
        if (found != null) {
          found.remove(object.key());
          if (found.isEmpty()) {
            byValue.remove(value);
          }
        }
      }
    }
  }

  /** The object, or null if there is none. */
  public @Nullable V get(ObjectKey key) {
    lock.readLock().lock();
    try {
      return objects.get(key);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Number of objects. */
  public int size() {
    lock.readLock().lock();
    try {
      return objects.size();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Calls {@code action} with each object of one moment, without holding a lock. */
  public void forEach(Consumer<? super V> action) {
    all().forEach(action);
  }

  /** All objects of one moment. */
  public List<V> all() {
    lock.readLock().lock();
    try {
      return new ArrayList<>(objects.values());
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * The objects under {@code value} of an index.
   *
   * @throws IllegalArgumentException if there is no such index
   */
  public List<V> byIndex(String index, String value) {
    lock.readLock().lock();
    try {
      Index<V> known = indexes.get(index);
      if (known == null) {
        throw new IllegalArgumentException(
            "index: " + index + " (expected: one of " + indexes.keySet() + ")");
      }
      Map<ObjectKey, V> found = known.byValue.get(value);
      return found == null ? List.of() : new ArrayList<>(found.values());
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Adds an index, made of what is there; one that exists by that name stays as it is. */
  public void addIndex(String name, IndexFunction<? super V> function) {
    lock.writeLock().lock();
    try {
      if (!indexes.containsKey(name)) {
        Index<V> index = new Index<>(function);
        objects.values().forEach(index::add);
        indexes.put(name, index);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Puts an object and returns the one that it replaces. */
  @Nullable V put(V object) {
    lock.writeLock().lock();
    try {
      V before = objects.put(object.key(), object);
      for (Index<V> index : indexes.values()) {
        if (before != null) {
          index.remove(before);
        }
        index.add(object);
      }
      return before;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Removes an object and returns it. */
  @Nullable V remove(ObjectKey key) {
    lock.writeLock().lock();
    try {
      V before = objects.remove(key);
      if (before != null) {
        for (Index<V> index : indexes.values()) {
          index.remove(before);
        }
      }
      return before;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
