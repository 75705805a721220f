package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects by their own key in one array: open addressing, at most two thirds full. A cluster's
 * objects are many and stand in several indexes, so an entry costs a slot and nothing else. Names
 * can be chosen so that their hashes are equal; then a map takes the place of the array. For one
 * thread at a time.
 */
final class ObjectHashTable<V extends KubeObject> {
  private static final int SMALLEST = 4; // a power of two, as every capacity

  /** Slots of one search; a longer one needs many equal hashes. */
  static final int LONGEST_SEARCH = 1000;

  /** Instead of the slots, once a search was too long. */
  private @Nullable Map<ObjectKey, V> crowded;

  private @Nullable Object[] slots = new @Nullable Object[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  @Nullable V get(ObjectKey key) {
    return crowded == null ? at(slotOf(key)) : crowded.get(key);
  }

  /** Puts an object and returns the one of the same key that it replaces. */
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

  /** Removes the object of a key and returns it. */
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
    // Whoever was pushed on past the hole moves back into it, so that a search never stops short.
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

  /** The objects, in no order. */
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

  /** A table of the same objects, which changes on its own. */
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

  /** Where the object of {@code key} is, or else the free slot where it belongs. */
  private int slotOf(ObjectKey key) {
    int mask = slots.length - 1;
    int slot = home(key, mask);
    for (V object = at(slot); object != null && !object.key().equals(key); object = at(slot)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Names that differ in their last digits only have hash codes side by side: spread them. */
  private static int home(ObjectKey key, int mask) {
    int hash = key.hashCode() * 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & mask;
  }

  @SuppressWarnings("unchecked") // put lets nothing else in
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
