package io.promdisco.providers.kubernetes.watch;

import io.promdisco.providers.kubernetes.object.KubeObject;
import io.promdisco.providers.kubernetes.object.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects by their own key in one array: open addressing, at most two thirds full. A cluster's
 * objects are many and stand in several indexes, so an entry costs a slot and nothing else. For one
 * thread at a time.
 */
final class ObjectTable<V extends KubeObject> {
  private static final int SMALLEST = 4; // a power of two, as every capacity

  private @Nullable Object[] slots = new @Nullable Object[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  @Nullable V get(ObjectKey key) {
    return at(slotOf(key));
  }

  /** Puts an object and returns the one of the same key that it replaces. */
  @Nullable V put(V object) {
    int slot = slotOf(object.key());
    V before = at(slot);
    slots[slot] = object;
    if (before == null) {
      size++;
      if (size * 3 > slots.length * 2) {
        resize(slots.length * 2);
      }
    }
    return before;
  }

  /** Removes the object of a key and returns it. */
  @Nullable V remove(ObjectKey key) {
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
  ObjectTable<V> copy() {
    ObjectTable<V> copy = new ObjectTable<>();
    copy.slots = slots.clone();
    copy.size = size;
    return copy;
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
