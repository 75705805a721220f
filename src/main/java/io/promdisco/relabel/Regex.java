package io.promdisco.relabel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression of a rule in RE2 syntax. It is placed as text between {@code ^(?s:} and
 * {@code )$}, so that {@code a)|(b} is valid and each alternative is anchored on one side.
 * Immutable; safe for all threads.
 */
final class Regex {
  private final String text;
  private final Pattern pattern;
  private final List<String> groupNames;
  private final BitSet deadGroups;

  private Regex(String text, Pattern pattern, GoRegexSyntax.Translation translation) {
    this.text = text;
    this.pattern = pattern;
    groupNames = List.copyOf(translation.groupNames());
    deadGroups = translation.deadGroups();
  }

  /**
   * Compiles {@code text}.
   *
   * @throws RegexException if it is not valid RE2 syntax
   */
  static Regex compile(String text) throws RegexException {
    String anchored = "^(?s:" + text + ")$";
    GoRegexSyntax.Translation translation = GoRegexSyntax.translate(anchored);
    try {
      return new Regex(text, Pattern.compile(translation.text()), translation);
    } catch (PatternSyntaxException e) {
      String where = e.getPattern() == null ? "" : e.getPattern();
      if (where.equals("stack underflow")) {
        throw new RegexException("unexpected )", anchored);
      }
      boolean whole = where.equals(translation.text());
      throw new RegexException(e.getDescription(), whole ? anchored : where);
    } catch (StackOverflowError e) { // re2j recurses for each repetition.
      throw new RegexException("expression needs too deep a stack", "");
    }
  }

  /** Returns the regex as written. */
  String text() {
    return text;
  }

  /** Returns the names of the groups by number, from group 0; empty for a group without a name. */
  List<String> groupNames() {
    return groupNames;
  }

  /**
   * Whether {@code value} matches.
   *
   * @throws RuleLimitException if the regex needs too deep a stack, because re2j recurses for each
   *     alternative
   */
  boolean matches(String value) {
    try {
      return pattern.matcher(value).find();
    } catch (StackOverflowError e) {
      throw RuleLimitException.tooDeep();
    }
  }

  /**
   * Returns the first match that begins at {@code from} or later.
   *
   * @return start and end of each group, from group 0; -1 for a group that did not match. Null if
   *     there is no match
   * @throws RuleLimitException as for {@link #matches}
   */
  int @Nullable [] find(String value, int from) {
    Matcher matcher = pattern.matcher(value);
    try {
      if (!matcher.find(from)) {
        return null;
      }
    } catch (StackOverflowError e) {
      throw RuleLimitException.tooDeep();
    }
    int[] groups = new int[2 * groupNames.size()];
    for (int i = 0; i < groupNames.size(); i++) {
      boolean dead = deadGroups.get(i);
      groups[2 * i] = dead ? -1 : matcher.start(i);
      groups[2 * i + 1] = dead ? -1 : matcher.end(i);
    }
    return groups;
  }

  /**
   * Returns {@code value} with every match replaced by {@code template}. Only a regex that is not
   * anchored on both sides can match more than once. An empty match directly after another match
   * does not count.
   */
  String replaceAll(String value, ReplacementTemplate template) {
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int from = 0;
    while (from <= value.length()) {
      int[] groups = find(value, from);
      if (groups == null) {
        break;
      }
      RuleLimitException.check(out.length() + (long) groups[0] - copied, "the new name of a label");
      out.append(value, copied, groups[0]);
      if (groups[1] > copied || groups[0] == 0) {
        template.expandTo(out, value, groups);
      }
      copied = groups[1];
      int next = from < value.length() ? Character.charCount(value.codePointAt(from)) : 1;
      from = Math.max(copied, from + next);
    }
    RuleLimitException.check(
        out.length() + (long) value.length() - copied, "the new name of a label");
    return out.append(value, copied, value.length()).toString();
  }
}
