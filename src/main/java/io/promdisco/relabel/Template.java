package io.promdisco.relabel;

import java.util.ArrayList;
import java.util.List;

/**
 * A replacement: text with {@code $1}, {@code ${1}}, {@code $name} and {@code $$}, in which a
 * dollar that begins none of these stands for itself. A name is as long as it can be: {@code $1_x}
 * is the group {@code 1_x}.
 */
final class Template {
  private static final int LARGEST_GROUP = 100_000_000;

  private final String text;
  private final List<Part> parts = new ArrayList<>();

  /** Either literal text, or a group by number, or (number -1) by name. */
  private record Part(boolean literal, String text, int number) {}

  Template(String text) {
    this.text = text;
    parse();
  }

  String text() {
    return text;
  }

  /** Whether it holds a dollar, be it that of a group or not. */
  boolean hasDollar() {
    return text.indexOf('$') >= 0;
  }

  private void parse() {
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '$') {
        literal.append(c);
        at++;
      } else if (text.startsWith("$$", at)) {
        literal.append('$');
        at += 2;
      } else {
        boolean brace = text.startsWith("${", at);
        int start = at + (brace ? 2 : 1);
        int end = endOfName(start);
        if (end == start || (brace && (end == text.length() || text.charAt(end) != '}'))) {
          literal.append('$');
          at++;
        } else {
          flush(literal);
          String name = text.substring(start, end);
          parts.add(new Part(false, name, number(name)));
          at = brace ? end + 1 : end;
        }
      }
    }
    flush(literal);
  }

  private void flush(StringBuilder literal) {
    if (literal.length() > 0) {
      parts.add(new Part(true, literal.toString(), -1));
      literal.setLength(0);
    }
  }

  private int endOfName(int start) {
    int end = start;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      boolean digit = Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
      if (!Character.isLetter(c) && !digit && c != '_') {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  /** The number that a name is, or -1; one with a leading zero is a name. */
  private static int number(String name) {
    if (name.length() > 1 && name.charAt(0) == '0') {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9' || number >= LARGEST_GROUP) {
        return -1;
      }
      number = 10 * number + c - '0';
    }
    return number;
  }

  /** The text with the groups of {@code match} in place. */
  String expand(Regex.Match match) {
    if (parts.size() == 1) {
      return value(parts.get(0), match);
    }
    StringBuilder out = new StringBuilder();
    expand(match, out);
    return out.toString();
  }

  void expand(Regex.Match match, StringBuilder out) {
    for (Part part : parts) {
      out.append(value(part, match));
    }
  }

  private static String value(Part part, Regex.Match match) {
    if (part.literal) {
      return part.text;
    }
    return part.number >= 0 ? match.group(part.number) : match.group(part.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
