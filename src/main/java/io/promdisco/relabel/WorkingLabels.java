package io.promdisco.relabel;

import io.promdisco.model.Labels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The labels of one target while rules change them: written labels over a view of the discovered
 * ones. Reused from target to target; for one thread at a time.
 *
 * <p>The discovered labels are copied only when a rule needs all of them, or at the end, because
 * most targets are dropped before. Labels are found by the hashes of their names, which strings
 * cache, or by a map if there are many, so that every operation is linear in the number of labels.
 */
final class WorkingLabels implements LabelView, BiConsumer<String, String> {
  private static final LabelView NOTHING = LabelView.of(Labels.EMPTY);

  /** The number of labels above which a map finds labels. */
  private static final int FEW = 256;

  /** The number of labels up to which memory is kept for the next target. */
  private static final int KEPT = 4096;

  private LabelView discovered = NOTHING;
  private boolean loaded;
  private String[] names = new String[64];
  private String[] values = new String[64];
  private int[] hashes = new int[64];
  private int size;

  /** Indexes by name, if there are many labels; the JDK's map remains fast with equal hashes. */
  private @Nullable Map<String, Integer> places;

  private String[] copyNames = new String[16];
  private String[] copyValues = new String[16];
  private int[] copyPlaces = new int[16];
  private int[] groups = new int[16];

  // Discovered labels are in [loadedFrom, loadedTo), usually in order; the others were written.
  private int loadedFrom;
  private int loadedTo;

  /** Starts with the labels of a target. */
  void begin(LabelView labels) {
    discovered = labels;
    loaded = false;
    size = 0;
    places = null;
  }

  /** Releases the view and the memory of a large target. */
  void end() {
    discovered = NOTHING;
    places = null;
    if (names.length > KEPT) {
      names = new String[64];
      values = new String[64];
      hashes = new int[64];
    }
    if (copyNames.length > KEPT) {
      copyNames = new String[16];
      copyValues = new String[16];
      copyPlaces = new int[16];
    }
  }

  /** Copies the discovered labels, except those that were overwritten. */
  private void load() {
    if (!loaded) {
      loadedFrom = size;
      discovered.forEach(this);
      loadedTo = size;
      loaded = true;
    }
  }

  /** Receives a discovered label. Only for {@link #load}. */
  @Override
  public void accept(String name, String value) {
    if (indexOf(name, loadedFrom) < 0) {
      append(name, value);
    }
  }

  private int indexOf(String name, int end) {
    if (end > FEW) {
      Integer place = places().get(name);
      return place == null || place >= end ? -1 : place;
    }
    int hash = name.hashCode();
    for (int i = 0; i < end; i++) {
      if (hashes[i] == hash && names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private Map<String, Integer> places() {
    Map<String, Integer> all = places;
    if (all == null) {
      all = new HashMap<>(2 * size);
      for (int i = 0; i < size; i++) {
        all.put(names[i], i);
      }
      places = all;
    }
    return all;
  }

  private void append(String name, String value) {
    if (places != null) {
      places.put(name, size);
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    names[size] = name;
    values[size] = value;
    hashes[size++] = name.hashCode();
  }

  @Override
  public String get(String name) {
    int at = indexOf(name, size);
    if (at >= 0) {
      return values[at];
    }
    return loaded ? "" : discovered.get(name);
  }

  /** Writes a label; an empty value removes it. */
  void set(String name, String value) {
    int at = indexOf(name, size);
    if (at >= 0) {
      values[at] = value;
    } else if (!loaded || !value.isEmpty()) {
      append(name, value);
    }
  }

  /**
   * Copies every label for which {@code newName} returns a name; a copy is not copied again. Of two
   * labels with the same new name, the later one in the order of names is used.
   *
   * @throws RuleLimitException if there would be too many labels; then nothing was copied
   */
  void copyRenamed(Function<String, @Nullable String> newName) {
    load();
    int found = 0;
    long characters = 0;
    Map<String, Integer> copies = null;
    for (int i = 0; i < size; i++) {
      characters += names[i].length();
      String name = values[i].isEmpty() ? null : newName.apply(names[i]);
      if (name == null) {
        continue;
      }
      if (copies == null && found == FEW) {
        copies = new HashMap<>();
        for (int c = 0; c < found; c++) {
          copies.put(copyNames[c], c);
        }
      }
      int at = copies == null ? indexOfCopy(name, found) : copies.getOrDefault(name, found);
      if (at == found) {
        found++;
        growCopies(found);
        if (copies != null) {
          copies.put(name, at);
        }
        characters += name.length();
        copyNames[at] = name;
        copyPlaces[at] = i;
      } else if (names[copyPlaces[at]].compareTo(names[i]) < 0) {
        copyPlaces[at] = i;
      }
    }
    if (size + found > RelabelLimitException.MOST_LABELS
        || characters > RelabelLimitException.MOST_CHARACTERS_OF_NAMES) {
      checkCopies(found);
    }
    for (int i = 0; i < found; i++) {
      copyValues[i] = values[copyPlaces[i]];
    }
    for (int i = 0; i < found; i++) {
      set(copyNames[i], copyValues[i]);
    }
  }

  private int indexOfCopy(String name, int found) {
    int at = 0;
    while (at < found && !copyNames[at].equals(name)) {
      at++;
    }
    return at;
  }

  /** Counts exactly, without removed labels and overwritten ones. */
  private void checkCopies(int found) {
    long labels = 0;
    long characters = 0;
    for (int i = 0; i < size; i++) {
      if (!values[i].isEmpty()) {
        labels++;
        characters += names[i].length();
      }
    }
    boolean more = false;
    for (int i = 0; i < found; i++) {
      int at = indexOf(copyNames[i], size);
      if (at < 0 || values[at].isEmpty()) {
        more = true;
        labels++;
        characters += copyNames[i].length();
      }
    }
    if (more) {
      RuleLimitException.checkLabels(labels, characters);
    }
  }

  private void growCopies(int wanted) {
    if (wanted > copyNames.length) {
      copyNames = Arrays.copyOf(copyNames, 2 * wanted);
      copyValues = Arrays.copyOf(copyValues, 2 * wanted);
      copyPlaces = Arrays.copyOf(copyPlaces, 2 * wanted);
    }
  }

  /** Removes the labels whose names match. */
  void removeIf(Predicate<String> gone) {
    load();
    for (int i = 0; i < size; i++) {
      if (!values[i].isEmpty() && gone.test(names[i])) {
        values[i] = "";
      }
    }
  }

  /** Returns an array for groups, valid until the next call. */
  int[] groups(int slots) {
    if (groups.length < slots) {
      groups = new int[2 * slots];
    }
    return groups;
  }

  @Override
  public void forEach(BiConsumer<String, String> action) {
    load();
    for (int i = 0; i < size; i++) {
      if (!values[i].isEmpty()) {
        action.accept(names[i], values[i]);
      }
    }
  }

  /** Returns the current labels. */
  Labels toLabels() {
    load();
    int[] written = writtenInOrder();
    Labels.Builder labels = Labels.builder(size);
    int w = 0;
    for (int i = loadedFrom; i < loadedTo; i++) {
      if (values[i].isEmpty()) {
        continue;
      }
      while (w < written.length && names[written[w]].compareTo(names[i]) < 0) {
        labels.set(names[written[w]], values[written[w++]]);
      }
      labels.set(names[i], values[i]);
    }
    for (; w < written.length; w++) {
      labels.set(names[written[w]], values[written[w]]);
    }
    return labels.build();
  }

  /** Returns the indexes of the written labels in the order of their names. */
  private int[] writtenInOrder() {
    if (size - (loadedTo - loadedFrom) > FEW) {
      return manyWrittenInOrder();
    }
    int[] places = new int[size - (loadedTo - loadedFrom)];
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (i == loadedFrom) {
        i = loadedTo;
      }
      if (i < size && !values[i].isEmpty()) {
        int at = count++;
        for (; at > 0 && names[places[at - 1]].compareTo(names[i]) > 0; at--) {
          places[at] = places[at - 1];
        }
        places[at] = i;
      }
    }
    return Arrays.copyOf(places, count);
  }

  private int[] manyWrittenInOrder() {
    return IntStream.concat(IntStream.range(0, loadedFrom), IntStream.range(loadedTo, size))
        .filter(i -> !values[i].isEmpty())
        .boxed()
        .sorted(Comparator.comparing(i -> names[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
