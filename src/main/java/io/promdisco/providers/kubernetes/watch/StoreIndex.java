package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds objects by the values that a function returns for them. In most indexes, most values lead
 * to one object, which is then stored without a table. For one thread at a time.
 */
final class StoreIndex<V extends KubeObject> {
  private final ObjectStore.IndexFunction<? super V> function;
  private final Map<String, Object> byValue = new HashMap<>(); // a V, or an ObjectHashTable of them
  private int users;

  StoreIndex(ObjectStore.IndexFunction<? super V> function) {
    this.function = function;
  }

  void use() {
    users++;
  }

  /** Removes a user; returns whether it was the last one. */
  boolean release() {
    users--;
    return users == 0;
  }

  /** Returns the values of an object; empty for null. */
  Collection<String> values(@Nullable V object) {
    return object == null ? List.of() : function.values(object);
  }

  /** Replaces {@code before}, whose values are {@code old}, by {@code now}. */
  void replace(
      @Nullable V before, Collection<String> old, @Nullable V now, Collection<String> values) {
    if (now != null) {
      for (String value : values) {
        put(value, now);
      }
    }
    if (before != null) {
      for (String value : old) {
        if (!values.contains(value)) {
          remove(value, before);
        }
      }
    }
  }

  /** Returns a new list of the objects under a value. */
  List<V> find(String value) {
    Object found = byValue.get(value);
    if (found == null) {
      return List.of();
    }
    return found instanceof ObjectHashTable<?> ? table(found).toList() : List.of(single(found));
  }

  private void put(String value, V object) {
    Object found = byValue.putIfAbsent(value, object);
    if (found == null) {
      return;
    }
    if (found instanceof ObjectHashTable<?>) {
      table(found).put(object);
    } else if (single(found).key().equals(object.key())) {
      byValue.put(value, object);
    } else {
      ObjectHashTable<V> table = new ObjectHashTable<>();
      table.put(single(found));
      table.put(object);
      byValue.put(value, table);
    }
  }

  private void remove(String value, V object) {
    Object found = byValue.get(value);
    if (found instanceof ObjectHashTable<?>) {
      ObjectHashTable<V> table = table(found);
      table.remove(object.key());
      if (table.size() == 1) {
        byValue.put(value, table.toList().get(0));
      }
    } else if (found != null && single(found).key().equals(object.key())) {
      byValue.remove(value);
    }
  }

  @SuppressWarnings("unchecked") // put() accepts nothing else
  private ObjectHashTable<V> table(Object found) {
    return (ObjectHashTable<V>) found;
  }

  @SuppressWarnings("unchecked") // put() accepts nothing else
  private V single(Object found) {
    return (V) found;
  }
}
