package io.promdisco.providers.kubernetes.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a watch by key, with indexes. The reflector's thread writes. Any thread may read,
 * and sees objects and indexes in the state between two writes.
 */
public final class ObjectStore<V extends KubeObject> {
  /**
   * Returns the values under which an object is found; there may be none, and they may repeat. It
   * must depend only on the object and must not throw exceptions. Equal names in one store mean
   * equal functions.
   */
  @FunctionalInterface
  public interface IndexFunction<V> {
    /** Returns the values of {@code object}. */
    Collection<String> values(V object);
  }

  /** The right to use an index. */
  @FunctionalInterface
  public interface IndexUse extends AutoCloseable {
    /** Releases the index, which is removed with its last user. Does nothing when called again. */
    @Override
    void close();
  }

  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  @GuardedBy("lock")
  private final ObjectHashTable<V> objects = new ObjectHashTable<>();

  @GuardedBy("lock")
  private final Map<String, StoreIndex<V>> indexes = new HashMap<>();

  /** Returns the object, or null if there is none. */
  public @Nullable V get(ObjectKey key) {
    lock.readLock().lock();
    try {
      return objects.get(key);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Returns the number of objects. */
  public int size() {
    lock.readLock().lock();
    try {
      return objects.size();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Calls {@code action} with each object of a consistent state, without a lock. */
  public void forEach(Consumer<? super V> action) {
    all().forEach(action);
  }

  /** Returns all objects of a consistent state, in any order. */
  public List<V> all() {
    lock.readLock().lock();
    try {
      return objects.toList();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Returns the objects under {@code value} of an index, in any order.
   *
   * @throws IllegalArgumentException if there is no such index
   */
  public List<V> byIndex(String index, String value) {
    lock.readLock().lock();
    try {
      StoreIndex<V> known = indexes.get(index);
      if (known == null) {
        throw new IllegalArgumentException(
            "index: " + index + " (expected: one of " + new TreeSet<>(indexes.keySet()) + ")");
      }
      return known.find(value);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Adds an index of the current objects. If an index with this name exists, it gets another user.
   * An index that is never released exists as long as the store.
   */
  public IndexUse addIndex(String name, IndexFunction<? super V> function) {
    lock.writeLock().lock();
    try {
      StoreIndex<V> index = indexes.get(name);
      if (index == null) {
        index = new StoreIndex<>(function);
        for (V object : objects.toList()) {
          index.replace(null, List.of(), object, index.values(object));
        }
        indexes.put(name, index);
      }
      index.use();
      return new Use(name, index);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Adds an object, and returns the one that it replaces. */
  @Nullable V put(V object) {
    lock.writeLock().lock();
    try {
      V before = objects.get(object.key());
      reindex(before, object);
      objects.put(object);
      return before;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Removes an object, and returns it. */
  @Nullable V remove(ObjectKey key) {
    lock.writeLock().lock();
    try {
      V before = objects.get(key);
      if (before != null) {
        reindex(before, null);
        objects.remove(key);
      }
      return before;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Returns a copy of the current objects, from which the writer removes those that it sees again.
   */
  ObjectHashTable<V> copy() {
    lock.readLock().lock();
    try {
      return objects.copy();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Calls all functions before it changes an index, so that an exception leaves the store
   * unchanged.
   */
  @GuardedBy("lock")
  private void reindex(@Nullable V before, @Nullable V now) {
    if (indexes.isEmpty()) {
      return;
    }
    List<Collection<String>> values = new ArrayList<>(2 * indexes.size());
    for (StoreIndex<V> index : indexes.values()) {
      values.add(index.values(before));
      values.add(index.values(now));
    }
    int i = 0;
    for (StoreIndex<V> index : indexes.values()) {
      index.replace(before, values.get(i), now, values.get(i + 1));
      i += 2;
    }
  }

  private final class Use implements IndexUse {
    private final String name;
    private final StoreIndex<V> index;

    @GuardedBy("lock")
    private boolean closed;

    Use(String name, StoreIndex<V> index) {
      this.name = name;
      this.index = index;
    }

    @Override
    public void close() {
      lock.writeLock().lock();
      try {
        if (!closed) {
          closed = true;
          if (index.release()) {
            indexes.remove(name);
          }
        }
      } finally {
        lock.writeLock().unlock();
      }
    }
  }
}
