package io.promdisco.relabel;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Caches results for texts that occur repeatedly.
 *
 * <p>The hash of a text determines its slot, and a new text replaces the one in it. So memory is
 * bounded, there is no search and no eviction, and a text that occurs once costs little. Memory is
 * allocated on first use, because many rules never run. Safe for all threads: entries are
 * immutable, and a lost one is computed again.
 */
final class ResultCache<T> {
  /** The maximum length of a cached text; thousands of longer ones would take much memory. */
  private static final int LONGEST = 1024;

  private record Entry<T>(String text, T answer) {}

  private final int size;
  private @Nullable Entry<T> @Nullable [] entries;
  private final Function<String, T> question;

  /**
   * Creates a cache for the results of {@code question}.
   *
   * @param size the maximum number of results; a power of two
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
