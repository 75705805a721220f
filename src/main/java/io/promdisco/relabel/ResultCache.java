package io.promdisco.relabel;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers answers for texts that come again and again.
 *
 * <p>Each text has one place, by its hash, and takes it from whoever is there: so the memory is
 * bounded, nothing is ever searched or evicted, and a text that came once costs little. Takes its
 * memory with the first question, for many rules are never asked. Safe for all threads: entries are
 * immutable, and a lost one is worked out again.
 */
final class ResultCache<T> {
  /** Longer texts are not remembered: thousands of them would take much memory. */
  private static final int LONGEST = 1024;

  private record Entry<T>(String text, T answer) {}

  private final int size;
  private @Nullable Entry<T> @Nullable [] entries;
  private final Function<String, T> question;

  /**
   * Remembers answers to {@code question}.
   *
   * @param size how many at most; a power of two
   */
  ResultCache(int size, Function<String, T> question) {
    this.size = size;
    this.question = question;
  }

  T get(String text) {
    if (text.length() > LONGEST) {
      return question.apply(text);
    }
    int hash = text.hashCode();
    int place = (hash ^ (hash >>> 16)) & (size - 1);
    @Nullable Entry<T>[] known = entries();
    Entry<T> entry = known[place];
    if (entry == null || !entry.text.equals(text)) {
      entry = new Entry<>(text, question.apply(text));
      known[place] = entry;
    }
    return entry.answer;
  }

  private @Nullable Entry<T>[] entries() {
    @Nullable Entry<T>[] known = entries;
    if (known == null) {
      @SuppressWarnings({"unchecked", "rawtypes"}) // arrays cannot be generic
      @Nullable Entry<T>[] array = new Entry[size];
      entries = array;
      known = array;
    }
    return known;
  }
}
