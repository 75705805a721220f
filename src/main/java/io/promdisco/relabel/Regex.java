package io.promdisco.relabel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression of a rule: RE2 syntax, put as text between {@code ^(?s:} and {@code )$}, so
 * that {@code a)|(b} is legal and anchored on one side each.
 *
 * <p>Groups may share a name, which RE2/J refuses; so names are taken out of the text and kept
 * here.
 */
final class Regex {
  private static final java.util.regex.Pattern REPEAT =
      java.util.regex.Pattern.compile("\\{([0-9]{1,4})(?:,([0-9]{0,4}))?\\}");

  private final String text;
  private final Pattern pattern;
  private final Map<String, List<Integer>> groups;

  private Regex(String text, Pattern pattern, Map<String, List<Integer>> groups) {
    this.text = text;
    this.pattern = pattern;
    this.groups = groups;
  }

  /**
   * Compiles {@code text}.
   *
   * @throws PatternSyntaxException if it is not RE2 syntax
   */
  static Regex compile(String text) {
    Map<String, List<Integer>> groups = new HashMap<>();
    String unnamed = new Scanner(text, groups).withoutNames();
    return new Regex(text, Pattern.compile("^(?s:" + unnamed + ")$"), groups);
  }

  /** As it was written. */
  String text() {
    return text;
  }

  /** Whether {@code value} matches. */
  boolean matches(String value) {
    return pattern.matcher(value).find();
  }

  /** The first match in {@code value}, or null. */
  @Nullable Match find(String value) {
    Matcher matcher = pattern.matcher(value);
    return matcher.find() ? new Match(matcher) : null;
  }

  /** {@code value} with every match replaced by {@code template}. */
  String replaceAll(String value, Template template) {
    Matcher matcher = pattern.matcher(value);
    StringBuilder out = new StringBuilder();
    int end = 0;
    while (matcher.find()) {
      out.append(value, end, matcher.start());
      template.expand(new Match(matcher), out);
      end = matcher.end();
    }
    return out.append(value, end, value.length()).toString();
  }

  /** What the groups of a match hold. */
  final class Match {
    private final Matcher matcher;

    private Match(Matcher matcher) {
      this.matcher = matcher;
    }

    /** A group's text; empty if there is no such group or it took no part. */
    String group(int number) {
      String found = number <= matcher.groupCount() ? matcher.group(number) : null;
      return found == null ? "" : found;
    }

    /** The text of the first group of that name that took part. */
    String group(String name) {
      for (int number : groups.getOrDefault(name, List.of())) {
        String found = matcher.group(number);
        if (found != null) {
          return found;
        }
      }
      return "";
    }
  }

  /**
   * Takes the names out of {@code (?P<name>…)} and {@code (?<name>…)}, and refuses nested repeats
   * that come to more than 1,000 times, as RE2 does and RE2/J does not.
   */
  private static final class Scanner {
    private static final int MOST_REPEATS = 1000;

    private final String text;
    private final Map<String, List<Integer>> groups;
    private final Deque<Long> outer = new ArrayDeque<>();
    private int at;
    private int count;
    private long inGroup = 1; // most repeats of anything in the group so far
    private long atom = 1; // of what stands just before

    Scanner(String text, Map<String, List<Integer>> groups) {
      this.text = text;
      this.groups = groups;
    }

    String withoutNames() {
      StringBuilder out = new StringBuilder(text.length());
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '\\') {
          copyEscape(out);
          atom = 1;
        } else if (c == '[') {
          copyClass(out);
          atom = 1;
        } else if (c == '(') {
          outer.push(inGroup);
          inGroup = 1;
          copyGroup(out);
          atom = 1;
        } else {
          if (c == ')' && !outer.isEmpty()) {
            atom = inGroup;
            inGroup = Math.max(outer.pop(), atom);
          } else if (c == '{') {
            repeat();
          } else if (c != '*' && c != '+' && c != '?') {
            atom = 1;
          }
          out.append(c);
          at++;
        }
      }
      return out.toString();
    }

    /** Counts {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else stands for itself. */
    private void repeat() {
      int end = text.indexOf('}', at);
      java.util.regex.Matcher counts = REPEAT.matcher(end < 0 ? "" : text.substring(at, end + 1));
      if (!counts.matches()) {
        return;
      }
      int least = Integer.parseInt(counts.group(1));
      String most = counts.group(2);
      int times = most == null || most.isEmpty() ? least : Integer.parseInt(most);
      atom *= times;
      if (atom > MOST_REPEATS && (least >= 2 || times >= 2)) {
        throw new PatternSyntaxException("invalid repeat count", counts.group());
      }
      inGroup = Math.max(inGroup, atom);
    }

    private void copyEscape(StringBuilder out) {
      int end = Math.min(at + 2, text.length());
      if (text.startsWith("\\Q", at)) {
        int quoteEnd = text.indexOf("\\E", at + 2);
        end = quoteEnd < 0 ? text.length() : quoteEnd + 2;
      }
      out.append(text, at, end);
      at = end;
    }

    /** A bracket stands for itself at the very start of a class. */
    private void copyClass(StringBuilder out) {
      int i = at + 1;
      if (i < text.length() && text.charAt(i) == '^') {
        i++;
      }
      if (i < text.length() && text.charAt(i) == ']') {
        i++;
      }
      while (i < text.length() && text.charAt(i) != ']') {
        if (text.charAt(i) == '\\') {
          i++;
        } else if (text.startsWith("[:", i) && text.indexOf(":]", i + 2) > 0) {
          i = text.indexOf(":]", i + 2) + 1;
        }
        i++;
      }
      int end = Math.min(i + 1, text.length());
      out.append(text, at, end);
      at = end;
    }

    private void copyGroup(StringBuilder out) {
      if (!text.startsWith("(?", at)) {
        count++;
      } else {
        int name = text.startsWith("(?P<", at) ? at + 4 : text.startsWith("(?<", at) ? at + 3 : -1;
        int end = name < 0 ? -1 : text.indexOf('>', name);
        if (end > name && isName(text.substring(name, end))) {
          count++;
          groups.computeIfAbsent(text.substring(name, end), n -> new ArrayList<>(1)).add(count);
          at = end;
        } else {
          out.append("(?"); // Flags, or an error that RE2/J will tell.
          at += 2;
          return;
        }
      }
      out.append('(');
      at++;
    }

    private static boolean isName(String name) {
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (c < '0' || c > '9')) {
          return false;
        }
      }
      return !name.isEmpty();
    }
  }
}
