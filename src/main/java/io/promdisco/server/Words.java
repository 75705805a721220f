package io.promdisco.server;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * The words of a search. Each must occur in the job's name, the scrape URL or a {@code name=value}
 * of a target's labels, final or discovered, in any case. For one thread.
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

  /** Whether {@code word}, which is in lower case, occurs in {@code text} in any case. */
  static boolean contains(String text, String word) {
    return text.length() >= word.length()
        && (text.contains(word) || (hasUpper(text) && lower(text).contains(word)));
  }

  /** Whether a word may go over more than one part of a URL. */
  static boolean spansUrl(String word) {
    return URL_MARKS.matchesAnyOf(word);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Most values of labels have none, and a copy of each would take longer than the search. */
  private static boolean hasUpper(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c >= 'A' && c <= 'Z') || c > 127) {
        return true;
      }
    }
    return false;
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

    /** Whether the word is in a name, or ends it: names are few. */
    @SuppressWarnings("UnusedVariable") // read where it is computed
    private final Map<String, Boolean> inName = new HashMap<>();

    @SuppressWarnings("UnusedVariable") // read where it is computed
    private final Map<String, Boolean> endsName = new HashMap<>();

    Word(String text) {
      this.text = text;
      int equals = text.indexOf('=');
      pair = equals >= 0;
      nameEnd = equals < 0 ? "" : text.substring(0, equals);
      valueStart = equals < 0 ? "" : text.substring(equals + 1);
    }

    @Override
    public boolean test(String name, String value) {
      return contains(value, text) || contains(name, text) || (pair && spans(name, value));
    }

    private boolean spans(String name, String value) {
      return endsName.computeIfAbsent(name, n -> endsWith(n, nameEnd))
          && value.regionMatches(true, 0, valueStart, 0, valueStart.length());
    }

    private static boolean endsWith(String name, String end) {
      return name.regionMatches(true, name.length() - end.length(), end, 0, end.length());
    }
  }
}
