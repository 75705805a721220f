package io.promdisco.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of labels, sorted by name, with unique names.
 *
 * <p>A value may be empty: in a target group, an empty value hides the group's label of that name.
 * Label sets after relabelling contain no empty values.
 *
 * <p>Stored as one array of alternating names and values, because there may be millions.
 */
public final class Labels implements Comparable<Labels> {
  /** The empty set. */
  public static final Labels EMPTY = new Labels(new String[0]);

  private final String[] pairs;
  private int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /**
   * Returns a set of alternating names and values in any order; of a repeated name, the last value
   * is used.
   */
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "namesAndValues: " + namesAndValues.length + " strings (expected: an even number)");
    }
    Builder builder = builder(namesAndValues.length / 2);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  /** Returns a set of a map's entries. */
  public static Labels of(Map<String, String> map) {
    Builder builder = builder(map.size());
    map.forEach(builder::set);
    return builder.build();
  }

  /** Returns a builder for about {@code size} labels. */
  public static Builder builder(int size) {
    return new Builder(size);
  }

  /** Returns a builder for a few labels. */
  public static Builder builder() {
    return new Builder(8);
  }

  /** Returns the number of labels. */
  public int size() {
    return pairs.length / 2;
  }

  /** Whether the set is empty. */
  public boolean isEmpty() {
    return pairs.length == 0;
  }

  /** Returns the name of the label at {@code index}, in the order of names. */
  public String name(int index) {
    return pairs[2 * index];
  }

  /** Returns the value of the label at {@code index}, in the order of names. */
  public String value(int index) {
    return pairs[2 * index + 1];
  }

  /** Returns the value of the label {@code name}, or null if there is none. */
  public @Nullable String get(String name) {
    int i = indexOf(name);
    return i < 0 ? null : pairs[2 * i + 1];
  }

  /** Returns the value of the label {@code name}, or an empty string if there is none. */
  public String getOrEmpty(String name) {
    String value = get(name);
    return value == null ? "" : value;
  }

  /** Whether there is a label {@code name}, possibly with an empty value. */
  public boolean has(String name) {
    return indexOf(name) >= 0;
  }

  /** Returns the index of the label {@code name}, or {@code -(insertion point) - 1}. */
  public int indexOf(String name) {
    int low = 0;
    int high = pairs.length / 2 - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = pairs[2 * middle].compareTo(name);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -(low + 1);
  }

  /** Calls {@code action} with each name and value, in the order of names. */
  public void forEach(BiConsumer<? super String, ? super String> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept(pairs[i], pairs[i + 1]);
    }
  }

  /** Returns an unmodifiable map of the labels, in the order of names. */
  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    forEach(map::put);
    return Collections.unmodifiableMap(map);
  }

  @Override
  public int compareTo(Labels other) {
    return Arrays.compare(pairs, other.pairs);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Labels labels && Arrays.equals(pairs, labels.pairs);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(pairs);
      hash = h;
    }
    return h;
  }

  @Override
  public String toString() {
    return new TreeMap<>(toMap()).toString();
  }

  /** Collects labels in any order. For one thread and one use. */
  public static final class Builder {
    /** The number of labels above which insertion sort would take too long. */
    private static final int FEW = 256;

    private String[] pairs;
    private int length;
    private boolean sorted = true;

    private Builder(int size) {
      pairs = new String[Math.max(2, 2 * size)];
    }

    /** Sets a label; of a repeated name, the last value is used. */
    public Builder set(String name, String value) {
      if (length == pairs.length) {
        pairs = Arrays.copyOf(pairs, 2 * pairs.length);
      }
      if (length > 0 && pairs[length - 2].compareTo(name) >= 0) {
        sorted = false;
      }
      pairs[length++] = name;
      pairs[length++] = value;
      return this;
    }

    /** Sets every label of {@code labels}. */
    public Builder setAll(Labels labels) {
      for (int i = 0; i < labels.size(); i++) {
        set(labels.name(i), labels.value(i));
      }
      return this;
    }

    /** Returns the labels set so far. */
    public Labels build() {
      if (length == 0) {
        return EMPTY;
      }
      if (!sorted) {
        sort();
      }
      return new Labels(length == pairs.length ? pairs : Arrays.copyOf(pairs, length));
    }

    /** The last of equal names remains. */
    private void sort() {
      if (length > 2 * FEW) {
        sortMany();
        return;
      }
      // Insertion sort, because sets are small and usually sorted.
      int end = 0;
      for (int i = 0; i < length; i += 2) {
        String name = pairs[i];
        String value = pairs[i + 1];
        int at = end;
        while (at > 0 && pairs[at - 2].compareTo(name) > 0) {
          at -= 2;
        }
        if (at > 0 && pairs[at - 2].equals(name)) {
          pairs[at - 1] = value;
          continue;
        }
        System.arraycopy(pairs, at, pairs, at + 2, end - at);
        pairs[at] = name;
        pairs[at + 1] = value;
        end += 2;
      }
      length = end;
      sorted = true;
    }

    private void sortMany() {
      Integer[] order = new Integer[length / 2];
      for (int i = 0; i < order.length; i++) {
        order[i] = 2 * i;
      }
      Arrays.sort(order, Comparator.comparing((Integer i) -> pairs[i])); // stable
      String[] all = new String[length];
      int end = 0;
      for (int from : order) {
        if (end > 0 && all[end - 2].equals(pairs[from])) {
          all[end - 1] = pairs[from + 1];
        } else {
          all[end++] = pairs[from];
          all[end++] = pairs[from + 1];
        }
      }
      pairs = all;
      length = end;
      sorted = true;
    }
  }
}
