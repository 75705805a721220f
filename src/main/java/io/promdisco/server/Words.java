package io.promdisco.server;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The words of a search. Each must occur in the job's name, the scrape URL or a {@code name=value}
 * of a target's labels, final or discovered, in any case. Safe for all threads.
 */
final class Words {
  private static final CharMatcher URL_MARKS = CharMatcher.anyOf("/?&%");

  private final List<Word> words = new ArrayList<>();

  Words(String query) {
    for (String word :
        Splitter.on(' ').trimResults().omitEmptyStrings().split(query.toLowerCase(Locale.ROOT))) {
      words.add(new Word(word));
    }
  }

  /**
   * Whether all that these fit, {@code before} fits too: each word of {@code before} is part of one
   * of these. A word that goes over parts of a URL is looked for in more places.
   */
  boolean narrow(Words before) {
    return before.words.stream()
        .allMatch(
            old ->
                words.stream()
                    .anyMatch(
                        word ->
                            word.text.contains(old.text)
                                && spansUrl(word.text) == spansUrl(old.text)));
  }

  /** Of the words themselves, for equal words fit the same. */
  List<String> texts() {
    return words.stream().map(word -> word.text).toList();
  }

  boolean isEmpty() {
    return words.isEmpty();
  }

  boolean fit(Shown target) {
    for (Word word : words) {
      if (!target.hasLabel(word) && !target.has(word.text)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether {@code word}, which is in lower case, occurs in {@code text} in any case. Makes no copy
   * of the text: a search asks this millions of times.
   */
  static boolean contains(String text, String word) {
    if (word.isEmpty()) {
      return true;
    }
    char lower = word.charAt(0);
    char upper = Character.toUpperCase(lower);
    return containsFrom(text, word, lower) || (upper != lower && containsFrom(text, word, upper));
  }

  private static boolean containsFrom(String text, String word, char first) {
    int last = text.length() - word.length();
    int at = last < 0 ? -1 : text.indexOf(first);
    while (at >= 0 && at <= last) {
      if (text.regionMatches(true, at, word, 0, word.length())) {
        return true;
      }
      at = text.indexOf(first, at + 1);
    }
    return false;
  }

  /** Whether a word may go over more than one part of a URL. */
  static boolean spansUrl(String word) {
    return word.endsWith(":") || URL_MARKS.matchesAnyOf(word);
  }

  /**
   * One word. Where it has an equals sign, what is before it may end a name and what is behind it
   * begin that label's value, for then it occurs in {@code name=value}.
   */
  private static final class Word implements BiPredicate<String, String> {
    final String text;
    private final boolean pair;
    private final String nameEnd;
    private final String valueStart;

    private final Known inText;
    private final Known endsName;

    Word(String text) {
      this.text = text;
      int equals = text.indexOf('=');
      pair = equals >= 0;
      nameEnd = equals < 0 ? "" : text.substring(0, equals);
      valueStart = equals < 0 ? "" : text.substring(equals + 1);
      inText = new Known(t -> contains(t, text));
      endsName = new Known(this::endsWithNameEnd);
    }

    @Override
    public boolean test(String name, String value) {
      return inText.test(name) || inText.test(value) || (pair && spans(name, value));
    }

    private boolean spans(String name, String value) {
      return endsName.test(name)
          && value.regionMatches(true, 0, valueStart, 0, valueStart.length());
    }

    private boolean endsWithNameEnd(String name) {
      return name.regionMatches(
          true, name.length() - nameEnd.length(), nameEnd, 0, nameEnd.length());
    }
  }

  /**
   * Remembers what was found of the last texts: all targets share the names of labels, and many
   * values. A text's place is that of its hash, which it knows; a later one takes the place over.
   */
  private static final class Known {
    private static final int PLACES = 1024;

    private final Predicate<String> test;

    // Threads may overwrite each other's; whatever is there is true.
    private final String[] fitting = new String[PLACES];
    private final String[] others = new String[PLACES];

    Known(Predicate<String> test) {
      this.test = test;
    }

    boolean test(String text) {
      int hash = text.hashCode();
      int place = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (PLACES - 1);
      if (text.equals(others[place])) {
        return false;
      }
      if (text.equals(fitting[place])) {
        return true;
      }
      boolean fits = test.test(text);
      (fits ? fitting : others)[place] = text;
      return fits;
    }
  }
}
