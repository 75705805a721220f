package io.promdisco.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of Kubernetes label and field selectors.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/">Labels
 *     and selectors</a>
 */
final class SelectorSyntax {
  private static final int LONGEST = 63;
  private static final int LONGEST_PREFIX = 253;
  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final Pattern PREFIX =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Set<String> SIGNS = Set.of("=", "==", "!=", ">", "<");
  private static final String NAME_RULE =
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
          + " with an alphanumeric character";

  private final List<String> tokens;
  private int at;

  private SelectorSyntax(List<String> tokens) {
    this.tokens = tokens;
  }

  /** What is wrong with a label selector, or null. */
  static @Nullable String labelProblem(String selector) {
    return selector.isBlank() ? null : new SelectorSyntax(tokens(selector)).requirements();
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        i++;
        continue;
      }
      int end = i + 1;
      if ("=!<>".indexOf(c) >= 0) {
        while (end < text.length() && "=!<>".indexOf(text.charAt(end)) >= 0 && end - i < 2) {
          end++;
        }
        if (!SIGNS.contains(text.substring(i, end))) {
          end = i + 1;
        }
      } else if ("(),".indexOf(c) < 0) {
        while (end < text.length() && " \t\r\n=!<>(),".indexOf(text.charAt(end)) < 0) {
          end++;
        }
      }
      tokens.add(text.substring(i, end));
      i = end;
    }
    return tokens;
  }

  private @Nullable String requirements() {
    while (true) {
      String wrong = requirement();
      if (wrong != null) {
        return wrong;
      }
      if (at == tokens.size()) {
        return null;
      }
      if (!tokens.get(at).equals(",")) {
        return "found '" + tokens.get(at) + "', expected: ',' or 'end of string'";
      }
      at++;
      if (at == tokens.size()) {
        return "found '', expected: identifier after ','";
      }
    }
  }

  private String next() {
    return at < tokens.size() ? tokens.get(at++) : "";
  }

  private @Nullable String requirement() {
    String key = next();
    boolean absent = key.equals("!");
    if (absent) {
      key = next();
    }
    if (key.isEmpty() || isSign(key)) {
      return "found '" + key + "', expected: !, identifier, or 'end of string'";
    }
    String wrong = keyProblem(key);
    if (wrong != null) {
      return "unable to parse requirement: " + wrong;
    }
    if (absent || at == tokens.size() || tokens.get(at).equals(",")) {
      return null;
    }
    String operator = next();
    if (operator.equals("in") || operator.equals("notin")) {
      return values();
    }
    if (!SIGNS.contains(operator)) {
      return "found '" + operator + "', expected: in, notin, =, ==, !=, gt, lt";
    }
    boolean hasValue = at < tokens.size() && !isSign(tokens.get(at));
    String value = hasValue ? next() : "";
    if ((operator.equals(">") || operator.equals("<")) && !value.matches("[-+]?[0-9]+")) {
      return "for 'Gt', 'Lt' operators, the value must be an integer";
    }
    return valueProblem(value);
  }

  private static boolean isSign(String token) {
    return SIGNS.contains(token) || Set.of("!", "(", ")", ",").contains(token);
  }

  private @Nullable String values() {
    if (!next().equals("(")) {
      return "found '" + (at <= tokens.size() ? tokens.get(at - 1) : "") + "', expected: '('";
    }
    String token = next();
    boolean wantsValue = true;
    while (!token.equals(")")) {
      if (token.isEmpty()) {
        return "found '', expected: ',' or ')'";
      }
      if (token.equals(",")) {
        wantsValue = true;
      } else if (!wantsValue || isSign(token)) {
        return "found '" + token + "', expected: ',' or ')'";
      } else {
        String wrong = valueProblem(token);
        if (wrong != null) {
          return wrong;
        }
        wantsValue = false;
      }
      token = next();
    }
    return null;
  }

  private static @Nullable String keyProblem(String key) {
    int slash = key.indexOf('/');
    String name = key.substring(slash + 1);
    if (slash >= 0) {
      String prefix = key.substring(0, slash);
      if (prefix.length() > LONGEST_PREFIX || !PREFIX.matcher(prefix).matches()) {
        return "Invalid value: \"" + key + "\": prefix part must be a lowercase DNS subdomain";
      }
    }
    if (name.length() > LONGEST) {
      return "Invalid value: \"" + key + "\": name part must be no more than 63 bytes";
    }
    return NAME.matcher(name).matches() ? null : "Invalid value: \"" + key + "\": " + NAME_RULE;
  }

  private static @Nullable String valueProblem(String value) {
    if (value.isEmpty() || (value.length() <= LONGEST && NAME.matcher(value).matches())) {
      return null;
    }
    return "values: Invalid value: \""
        + value
        + "\": a valid label must be an empty string or consist of at most 63 alphanumeric"
        + " characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  }

  /** What is wrong with a field selector, or null. */
  static @Nullable String fieldProblem(String selector) {
    for (String part : terms(selector)) {
      int sign = part.indexOf('=');
      if (!part.isEmpty() && sign < 0) {
        return "invalid selector: '" + selector + "'; can't understand '" + part + "'";
      }
      // The field is taken as it is. A second sign belongs to the operator unless it is !=.
      boolean isDouble = part.startsWith("==", sign) && (sign == 0 || part.charAt(sign - 1) != '!');
      for (int i = sign + (isDouble ? 2 : 1); i < part.length(); i++) {
        boolean escape = part.charAt(i) == '\\';
        if (escape && (i + 1 == part.length() || "\\,=".indexOf(part.charAt(i + 1)) < 0)) {
          return "invalid field selector: invalid escape sequence in '" + part + "'";
        }
        if (part.charAt(i) == '=') {
          return "invalid field selector: unescaped = in the value of '"
              + part
              + "' (expected: \\=)";
        }
        i += escape ? 1 : 0;
      }
    }
    return null;
  }

  /** Where the value of {@code a=b}, {@code a==b} or {@code a!=b} begins. */
  private static int valueStart(String term) {
    int sign = term.indexOf('=');
    boolean not = sign > 0 && term.charAt(sign - 1) == '!';
    return sign + (!not && term.startsWith("==", sign) ? 2 : 1);
  }

  /** Splits at commas that are not escaped. */
  private static List<String> terms(String selector) {
    List<String> terms = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < selector.length(); i++) {
      if (selector.charAt(i) == '\\') {
        i++;
      } else if (selector.charAt(i) == ',') {
        terms.add(selector.substring(start, i));
        start = i + 1;
      }
    }
    terms.add(selector.substring(start));
    return terms;
  }
}
