package io.promdisco.server;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The words of a search. Each word must occur in the job's name, the scrape URL or a {@code
 * name=value} of a target's labels, final or discovered; case does not matter. Safe for all
 * threads.
 */
final class SearchTerms {
  private static final CharMatcher URL_MARKS = CharMatcher.anyOf("/?&%");

  /** Each word is searched for in every label of every target. */
  private static final int MOST_WORDS = 20;

  private static final int MOST_CHARACTERS = 1000;

  private final List<Word> words = new ArrayList<>();

  private SearchTerms(List<String> texts) {
    texts.forEach(text -> words.add(new Word(text)));
  }

  /**
   * Parses the words of a query, which are separated by spaces.
   *
   * @throws RequestException with status 400 if there are more than 20 words or more than 1,000
   *     characters
   */
  static SearchTerms of(String query) {
    if (query.length() > MOST_CHARACTERS) {
      throw new RequestException(
          400, "q: " + query.length() + " characters (expected at most " + MOST_CHARACTERS + ")");
    }
    List<String> texts =
        Splitter.on(' ')
            .trimResults()
            .omitEmptyStrings()
            .splitToList(query.toLowerCase(Locale.ROOT));
    if (texts.size() > MOST_WORDS) {
      throw new RequestException(
          400, "q: " + texts.size() + " words (expected at most " + MOST_WORDS + ")");
    }
    return new SearchTerms(texts);
  }

  /**
   * Whether all matches of these words are among the matches of {@code before}, because each word
   * of {@code before} is part of one of these. This does not hold for a word that spans parts of a
   * URL, because it is searched for in more places.
   */
  boolean narrow(List<String> before) {
    return before.stream()
        .allMatch(
            old ->
                words.stream()
                    .anyMatch(
                        word -> word.text.contains(old) && spansUrl(word.text) == spansUrl(old)));
  }

  /** Returns the words in lower case. */
  List<String> texts() {
    return words.stream().map(word -> word.text).toList();
  }

  boolean isEmpty() {
    return words.isEmpty();
  }

  boolean fit(SearchedTarget target) {
    for (Word word : words) {
      if (!target.hasLabel(word) && !target.has(word.text)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether {@code word}, in lower case, occurs in {@code text} in any case. Makes no copy of the
   * text, because a search calls this millions of times.
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

  /** Whether a word may span more than one part of a URL. */
  static boolean spansUrl(String word) {
    return word.endsWith(":") || URL_MARKS.matchesAnyOf(word);
  }

  /**
   * One word. If it contains an equals sign, a label matches if its name ends with the part before
   * the sign and its value begins with the part after it, so that the word occurs in {@code
   * name=value}.
   */
  private static final class Word implements BiPredicate<String, String> {
    final String text;
    private final boolean pair;
    private final String nameEnd;
    private final String valueStart;

    private final RememberedTests inText;
    private final RememberedTests endsName;

    Word(String text) {
      this.text = text;
      int equals = text.indexOf('=');
      pair = equals >= 0;
      nameEnd = equals < 0 ? "" : text.substring(0, equals);
      valueStart = equals < 0 ? "" : text.substring(equals + 1);
      inText = new RememberedTests(t -> contains(t, text));
      endsName = new RememberedTests(this::endsWithNameEnd);
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
   * Remembers the results for the latest texts, because targets share the names of labels and many
   * values. The hash of a text determines its slot; a later text replaces an earlier one.
   */
  private static final class RememberedTests {
    private static final int PLACES = 1024;

    /**
     * The number of texts that are tested before results are remembered; most searches end before.
     */
    private static final int NOT_REMEMBERED = 1024;

    private final Predicate<String> test;

    // Threads may overwrite each other's results, which are correct in any case.
    private int tested;
    private volatile @Nullable Texts texts;

    /** The latest texts, each in the slot of its hash. */
    private static final class Texts {
      final @Nullable String[] fitting = new @Nullable String[PLACES];
      final @Nullable String[] others = new @Nullable String[PLACES];
    }

    RememberedTests(Predicate<String> test) {
      this.test = test;
    }

    boolean test(String text) {
      Texts known = texts;
      if (known == null) {
        if (tested < NOT_REMEMBERED) {
          tested++;
          return test.test(text);
        }
        known = new Texts();
        texts = known;
      }
      int hash = text.hashCode();
      int place = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (PLACES - 1);
      if (text.equals(known.others[place])) {
        return false;
      }
      if (text.equals(known.fitting[place])) {
        return true;
      }
      boolean fits = test.test(text);
      (fits ? known.fitting : known.others)[place] = text;
      return fits;
    }
  }
}
