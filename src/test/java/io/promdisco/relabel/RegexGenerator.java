package io.promdisco.relabel;

import java.util.List;
import java.util.Random;

/** Makes regexes in RE2 syntax; some are unusual, some invalid. */
final class RegexGenerator {
  private static final List<String> ATOMS =
      List.of(
          ".",
          "\\d",
          "\\D",
          "\\w",
          "\\W",
          "\\s",
          "\\S",
          "\\b",
          "\\B",
          "^",
          "$",
          "\\A",
          "\\z",
          "[a-z]",
          "[^a-z]",
          "[A-Z0-9_]",
          "[[:alpha:]]",
          "[[:^alpha:]]",
          "[^[:digit:]x]",
          "[[:word:]]",
          "[]a]",
          "[^]a]",
          "[a&&b]",
          "[a-]",
          "[-a]",
          "[\\d-]",
          "[\\]]",
          "[é-ü]",
          "[[:punct:][:space:]]",
          "[\\pL]",
          "[^\\PN]",
          "\\pL",
          "\\PL",
          "\\p{Lu}",
          "\\p{^Lu}",
          "\\P{^Greek}",
          "\\p{Greek}",
          "\\p{Latin}",
          "\\pN",
          "\\pZ",
          "\\p{Lo}",
          "\\p{Han}",
          "\\p{Cherokee}",
          "\\p{letter}",
          "\\p{l-u}",
          "\\P{ASCII}",
          "\\p{Assigned}",
          "[\\p{S}\\p{P}]",
          "(?i:\\p{Lu})",
          "\\p{Any}",
          "\\x41",
          "\\x{e9}",
          "\\x{1F600}",
          "\\101",
          "\\07",
          "\\a",
          "\\f",
          "\\t",
          "\\n",
          "\\r",
          "\\v",
          "\\Qa.b\\E",
          "\\Q(\\E",
          "\\Q",
          "\\.",
          "\\-",
          "\\/",
          "\\:",
          "\\_",
          "\\{",
          "\\}",
          "{",
          "}",
          "{,2}",
          "{a}",
          "]",
          "é",
          "ß",
          "İ",
          "ſ",
          "K",
          "😀",
          "\u0000",
          "\n",
          "()",
          "(|a)",
          "(?:)",
          "(?i)",
          "(?s)",
          "(?-s)",
          "(?m)",
          "(?U)",
          "(?i-s:a.b)",
          "(?m:^a$)",
          "(?i:É)",
          "(?i:k)",
          "(?i:ſ)",
          "(?i:[a-f])",
          "(?i:[^K])");
  private static final List<String> WRONG =
      List.of(
          "(?=a)",
          "(?!a)",
          "(?<=a)",
          "(?>a)",
          "a**",
          "a++",
          "a?+",
          "*",
          "+a",
          "{2}",
          "\\Z",
          "\\G",
          "\\1",
          "\\k<n>",
          "\\c",
          "\\e",
          "\\C",
          "\\p{Foo}",
          "\\pX",
          "\\p{Old_Italic}",
          "[!-\\pL]",
          "\\p{}",
          "\\p{^}",
          "[z-a]",
          "[[:foo:]]",
          "[a",
          "(a",
          "a)",
          "(?P<n>",
          "(?P<>a)",
          "(?P<é>a)",
          "(?P=n)",
          "(?P>n)",
          "(?'n'a)",
          "a{2,1}",
          "a{1001}",
          "(a{100}){100}",
          "\\x{110000}",
          "\\xg",
          "\\",
          "(?",
          "(?i",
          "(?z)",
          "(?--i)",
          "[\\",
          "\\8",
          "\\x",
          "\\x{}",
          "\\p",
          "\\Qa\\Eb\\E",
          "(?#a)",
          "a{2}{3}",
          "a*?+",
          "^*",
          "$?",
          "\\b+",
          "(?i)*",
          "x{0}{0}",
          "(?i)(?s)",
          "(?P<n>a)(?P<n>b)",
          "\\pN*?",
          "a|*");
  private static final List<String> TIMES =
      List.of(
          "*", "+", "?", "*?", "+?", "??", "{0}", "{1}", "{2}", "{0,1}", "{1,3}", "{2,}", "{0,}",
          "{,2}", "{01}", "{2}?", "{1,2}?", "{ 1}", "{1, 2}", "{1000}");
  private static final List<String> GROUPS =
      List.of(
          "(",
          "(",
          "(",
          "(?:",
          "(?P<n>",
          "(?P<name>",
          "(?<n>",
          "(?P<n1>",
          "(?P<_>",
          "(?P<1>",
          "(?i:",
          "(?U:",
          "(?s-i:");

  private final Random random;

  RegexGenerator(Random random) {
    this.random = random;
  }

  /**
   * A regex.
   *
   * @param value a value that the regex should match rather often
   */
  String next(String value) {
    double kind = random.nextDouble();
    if (kind < 0.62) {
      return matching(value);
    }
    String regex = kind < 0.92 ? alternatives(0) : matching(value) + pick(ATOMS);
    if (random.nextDouble() < 0.08) {
      int at = random.nextInt(regex.length() + 1);
      regex = regex.substring(0, at) + pick(WRONG) + regex.substring(at);
    }
    return random.nextDouble() < 0.03 ? regex + ")|(" + piece(1) : regex;
  }

  /** The value, with some parts replaced by more general patterns. */
  private String matching(String value) {
    StringBuilder out = new StringBuilder();
    if (random.nextDouble() < 0.15) {
      out.append("(?i)");
    }
    int from = 0;
    while (from < value.length()) {
      int to = from + 1 + random.nextInt(Math.min(6, value.length() - from));
      if (to < value.length() && Character.isLowSurrogate(value.charAt(to))) {
        to++;
      }
      String part = value.substring(from, to);
      out.append(
          switch (random.nextInt(9)) {
            case 0 -> "(.*)";
            case 1 -> "(.+)";
            case 2 -> pick(GROUPS) + quote(part) + ")";
            case 3 -> pick(GROUPS) + ".*" + ")";
            case 4 -> "(?:" + quote(part) + "|" + piece(1) + ")";
            case 5 -> "\\Q" + part + "\\E";
            case 6 -> "[^;]*";
            default -> quote(part);
          });
      from = to;
    }
    if (random.nextDouble() < 0.2) {
      out.append(random.nextBoolean() ? ".*" : "|" + piece(1));
    }
    return out.toString();
  }

  static String quote(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c < 0x80 && c > ' ' && !Character.isLetterOrDigit(c) && c != '_') {
                out.append('\\');
              }
              out.appendCodePoint(c);
            });
    return out.toString();
  }

  private String alternatives(int depth) {
    StringBuilder out = new StringBuilder(sequence(depth));
    while (random.nextDouble() < 0.3) {
      out.append('|').append(random.nextDouble() < 0.1 ? "" : sequence(depth));
    }
    return out.toString();
  }

  private String sequence(int depth) {
    StringBuilder out = new StringBuilder();
    int length = 1 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      out.append(piece(depth));
    }
    return out.toString();
  }

  private String piece(int depth) {
    String atom;
    if (depth < 3 && random.nextDouble() < 0.3) {
      atom = pick(GROUPS) + alternatives(depth + 1) + ")";
    } else if (random.nextDouble() < 0.5) {
      atom = pick(List.of("a", "b", "prod", "web", "1", "9", ":", "-", ";", "_", "A", " "));
    } else {
      atom = pick(ATOMS);
    }
    return random.nextDouble() < 0.35 ? atom + pick(TIMES) : atom;
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
