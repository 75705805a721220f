package io.promdisco.relabel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A replacement or target label with references to the groups of a regex: {@code $1}, {@code
 * $name}, {@code ${name}}; {@code $$} is a dollar sign.
 *
 * <p>A name consists of all following letters, digits and underscores, so {@code $1_x} refers to
 * the group named {@code 1_x}. A dollar sign without a name remains. Of several groups with one
 * name, the first that matched is used; a group that does not exist is empty. Immutable.
 */
final class ReplacementTemplate {
  /** Larger numbers are names. */
  private static final int MAX_GROUP_NUMBER = 100_000_000;

  /** Literal text, or groups of which the first that matched is inserted. */
  private static final class Part {
    final @Nullable String literal;
    final int[] groups;

    Part(@Nullable String literal, int[] groups) {
      this.literal = literal;
      this.groups = groups;
    }
  }

  private static final int[] NONE = {};
  private static final String WRITTEN = "what the rule writes";

  private final String text;
  private final Part[] parts;

  private ReplacementTemplate(String text, List<Part> parts) {
    this.text = text;
    this.parts = parts.toArray(new Part[0]);
  }

  /**
   * Reads a template.
   *
   * @param groupNames the names of the regex's groups by number
   */
  static ReplacementTemplate parse(String text, List<String> groupNames) {
    return new Parser(text, groupNames).parse();
  }

  /** Returns the template as written. */
  String text() {
    return text;
  }

  /** Whether it refers to no group of the regex, so that every expansion is the same. */
  boolean isConstant() {
    for (Part part : parts) {
      if (part.literal == null) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the template with the groups replaced by what they matched.
   *
   * @param value the matched text
   * @param groups start and end of each group in it; -1 for a group that did not match
   * @throws RuleLimitException if the result is too long for a name or value of a label
   */
  String expand(String value, int[] groups) {
    if (parts.length == 1) {
      String whole = expand(parts[0], value, groups);
      RuleLimitException.check(whole.length(), WRITTEN);
      return whole;
    }
    StringBuilder out = new StringBuilder();
    expandTo(out, value, groups);
    return out.toString();
  }

  void expandTo(StringBuilder out, String value, int[] groups) {
    for (Part part : parts) {
      out.append(expand(part, value, groups));
      RuleLimitException.check(out.length(), WRITTEN);
    }
  }

  private static String expand(Part part, String value, int[] groups) {
    if (part.literal != null) {
      return part.literal;
    }
    for (int group : part.groups) {
      if (groups[2 * group] >= 0) {
        return value.substring(groups[2 * group], groups[2 * group + 1]);
      }
    }
    return "";
  }

  @Override
  public String toString() {
    return text;
  }

  private static final class Parser {
    private final String text;
    private final List<String> groupNames;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();

    Parser(String text, List<String> groupNames) {
      this.text = text;
      this.groupNames = groupNames;
    }

    ReplacementTemplate parse() {
      int pos = 0;
      while (pos < text.length()) {
        int dollar = text.indexOf('$', pos);
        if (dollar < 0) {
          break;
        }
        literal.append(text, pos, dollar);
        pos = reference(dollar + 1);
      }
      literal.append(text, pos, text.length());
      endLiteral();
      return new ReplacementTemplate(text, parts);
    }

    /** Reads the reference after a dollar sign; returns the index after it. */
    private int reference(int pos) {
      if (text.startsWith("$", pos)) {
        literal.append('$');
        return pos + 1;
      }
      boolean braced = text.startsWith("{", pos);
      int start = braced ? pos + 1 : pos;
      int end = endOfName(start);
      if (end == start || (braced && !text.startsWith("}", end))) {
        literal.append('$');
        return pos;
      }
      int[] groups = groupsCalled(text.substring(start, end));
      if (groups.length > 0) {
        endLiteral();
        parts.add(new Part(null, groups));
      }
      return braced ? end + 1 : end;
    }

    private int endOfName(int start) {
      int end = start;
      while (end < text.length()) {
        int c = text.codePointAt(end);
        if (!Character.isLetter(c) && !Character.isDigit(c) && c != '_') {
          break;
        }
        end += Character.charCount(c);
      }
      return end;
    }

    private int[] groupsCalled(String name) {
      int number = number(name);
      if (number >= 0) {
        return number < groupNames.size() ? new int[] {number} : NONE;
      }
      return IntStream.range(1, groupNames.size())
          .filter(i -> groupNames.get(i).equals(name))
          .toArray();
    }

    private static int number(String name) {
      if (name.length() > 1 && name.charAt(0) == '0') {
        return -1;
      }
      int number = 0;
      for (int i = 0; i < name.length(); i++) {
        int digit = name.charAt(i) - '0';
        if (digit < 0 || digit > 9 || number >= MAX_GROUP_NUMBER) {
          return -1;
        }
        number = 10 * number + digit;
      }
      return number;
    }

    private void endLiteral() {
      if (literal.length() > 0) {
        parts.add(new Part(literal.toString(), NONE));
        literal.setLength(0);
      }
    }
  }
}
