package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects by their key in one array, with open addressing, at most two thirds full. A cluster has
 * many objects, in several indexes, so an entry needs only a slot. If many hashes are equal, which
 * names can be chosen for, a map replaces the array. For one thread at a time.
 */
final class ObjectHashTable<V extends KubeObject> {
  private static final int SMALLEST = 4; // a power of two, like every capacity

  /** The maximum number of slots that a search visits; it takes many equal hashes to exceed it. */
  static final int LONGEST_SEARCH = 1000;

  /** Replaces the slots after a search was too long. */
  private @Nullable Map<ObjectKey, V> crowded;

  private @Nullable Object[] slots = new @Nullable Object[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  @Nullable V get(ObjectKey key) {
    return crowded == null ? at(slotOf(key)) : crowded.get(key);
  }

  /** Adds an object, and returns the one with the same key that it replaces. */
  @Nullable V put(V object) {
    if (crowded != null) {
      V replaced = crowded.put(object.key(), object);
      size = crowded.size();
      return replaced;
    }
    int mask = slots.length - 1;
    int slot = slotOf(object.key());
    V before = at(slot);
    slots[slot] = object;
    if (before == null) {
      size++;
      if (size * 3 > slots.length * 2) {
        resize(slots.length * 2);
      }
      if (((slot - home(object.key(), mask)) & mask) > LONGEST_SEARCH) {
        useMap();
      }
    }
    return before;
  }

  /** Removes the object with a key, and returns it. */
  @Nullable V remove(ObjectKey key) {
    if (crowded != null) {
      V removed = crowded.remove(key);
      size = crowded.size();
      return removed;
    }
    int hole = slotOf(key);
    V before = at(hole);
    if (before == null) {
      return null;
    }
    size--;
    // Moves later objects into the gap, so that no search ends too early.
    int mask = slots.length - 1;
    for (int i = (hole + 1) & mask; ; i = (i + 1) & mask) {
      V object = at(i);
      if (object == null) {
        break;
      }
      if (((i - home(object.key(), mask)) & mask) >= ((i - hole) & mask)) {
        slots[hole] = object;
        hole = i;
      }
    }
    slots[hole] = null;
    if (slots.length > SMALLEST && size * 8 < slots.length) {
      resize(slots.length / 2);
    }
    return before;
  }

  /** Returns the objects in any order. */
  List<V> toList() {
    if (crowded != null) {
      return new ArrayList<>(crowded.values());
    }
    List<V> list = new ArrayList<>(size);
    for (int i = 0; i < slots.length; i++) {
      V object = at(i);
      if (object != null) {
        list.add(object);
      }
    }
    return list;
  }

  /** Returns an independent table with the same objects. */
  ObjectHashTable<V> copy() {
    ObjectHashTable<V> copy = new ObjectHashTable<>();
    copy.slots = slots.clone();
    copy.crowded = crowded == null ? null : new HashMap<>(crowded);
    copy.size = size;
    return copy;
  }

  private void useMap() {
    Map<ObjectKey, V> all = new HashMap<>(2 * size);
    toList().forEach(object -> all.put(object.key(), object));
    crowded = all;
    slots = new @Nullable Object[SMALLEST];
  }

  /** Returns the slot of {@code key}, or else the free slot where it belongs. */
  private int slotOf(ObjectKey key) {
    int mask = slots.length - 1;
    int slot = home(key, mask);
    for (V object = at(slot); object != null && !object.key().equals(key); object = at(slot)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /**
   * Names that differ only in their last digits have consecutive hash codes, which are distributed
   * here.
   */
  private static int home(ObjectKey key, int mask) {
    int hash = key.hashCode() * 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & mask;
  }

  @SuppressWarnings("unchecked") // put() accepts nothing else
  private @Nullable V at(int slot) {
    return (V) slots[slot];
  }

  private void resize(int capacity) {
    List<V> objects = toList();
    slots = new @Nullable Object[capacity];
    for (V object : objects) {
      slots[slotOf(object.key())] = object;
    }
  }
}
