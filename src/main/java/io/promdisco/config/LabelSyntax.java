package io.promdisco.config;

import io.promdisco.Internal;
import io.promdisco.util.GoFormatting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of Kubernetes labels, label selectors and field selectors. Messages are those of
 * Kubernetes's Go libraries.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/">Labels
 *     and selectors</a>
 * @hidden
 */
@Internal
public final class LabelSyntax {
  private static final int LONGEST = 63;
  private static final int LONGEST_PREFIX = 253;
  private static final String NAME_REGEX = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
  private static final String PREFIX_REGEX =
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
  private static final Pattern NAME = Pattern.compile(NAME_REGEX);
  private static final Pattern PREFIX = Pattern.compile(PREFIX_REGEX);
  private static final Set<String> SIGNS = Set.of("=", "==", "!=", ">", "<");
  private static final String OPERATORS = "in, notin, =, ==, !=, gt, lt";
  private static final String NAME_RULE =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
          + " validation is '"
          + NAME_REGEX
          + "')";

  private final List<String> tokens;
  private int at;

  private LabelSyntax(List<String> tokens) {
    this.tokens = tokens;
  }

  /** Thrown for a malformed selector. */
  private static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    SyntaxException(String message) {
      super(message);
    }

    static SyntaxException unexpected(String token, String expected) {
      return new SyntaxException("found '" + token + "', expected: " + expected);
    }
  }

  /** Returns what is wrong with the key of a label. */
  public static Optional<String> keyProblem(String key) {
    String[] parts = key.split("/", -1);
    if (parts.length > 2) {
      return Optional.of(
          "a valid label key "
              + NAME_RULE
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    List<String> problems = new ArrayList<>();
    if (parts.length == 2) {
      addPrefixProblems(parts[0], problems);
    }
    String name = parts[parts.length - 1];
    if (name.isEmpty()) {
      problems.add("name part must be non-empty");
    } else if (name.length() > LONGEST) {
      problems.add("name part must be no more than " + LONGEST + " bytes");
    }
    if (!NAME.matcher(name).matches()) {
      problems.add("name part " + NAME_RULE);
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  private static void addPrefixProblems(String prefix, List<String> problems) {
    if (prefix.isEmpty()) {
      problems.add("prefix part must be non-empty");
      return;
    }
    if (prefix.length() > LONGEST_PREFIX) {
      problems.add("prefix part must be no more than " + LONGEST_PREFIX + " bytes");
    }
    if (!PREFIX.matcher(prefix).matches()) {
      problems.add(
          "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
              + " characters, '-' or '.', and must start and end with an alphanumeric character"
              + " (e.g. 'example.com', regex used for validation is '"
              + PREFIX_REGEX
              + "')");
    }
  }

  /** Returns what is wrong with the value of a label. */
  public static Optional<String> valueProblem(String value) {
    List<String> problems = new ArrayList<>();
    if (value.length() > LONGEST) {
      problems.add("must be no more than " + LONGEST + " bytes");
    }
    if (!value.isEmpty() && !NAME.matcher(value).matches()) {
      problems.add(
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or"
              + " '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
              + " 'my_value',  or '12345', regex used for validation is '("
              + NAME_REGEX
              + ")?')");
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  /** Returns what is wrong with a label selector. */
  public static Optional<String> labelSelectorProblem(String selector) {
    try {
      new LabelSyntax(tokens(selector)).selector();
      return Optional.empty();
    } catch (SyntaxException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
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

  private void selector() throws SyntaxException {
    while (at < tokens.size()) {
      if (!isWord(peek()) && !peek().equals("!")) {
        throw SyntaxException.unexpected(peek(), "!, identifier, or 'end of string'");
      }
      try {
        requirement();
      } catch (SyntaxException e) {
        SyntaxException whole =
            new SyntaxException("unable to parse requirement: " + e.getMessage());
        whole.initCause(e);
        throw whole;
      }
      if (at == tokens.size()) {
        return;
      }
      String comma = next();
      if (!comma.equals(",")) {
        throw SyntaxException.unexpected(comma, "',' or 'end of string'");
      }
      if (!isWord(peek()) && !peek().equals("!")) {
        throw SyntaxException.unexpected(peek(), "identifier after ','");
      }
    }
  }

  /** Returns the next token; empty at the end. */
  private String peek() {
    return at < tokens.size() ? tokens.get(at) : "";
  }

  private String next() {
    String token = peek();
    at++;
    return token;
  }

  private static boolean isWord(String token) {
    return !token.isEmpty()
        && !SIGNS.contains(token)
        && !Set.of("!", "(", ")", ",").contains(token);
  }

  private void requirement() throws SyntaxException {
    boolean absent = peek().equals("!");
    if (absent) {
      next();
    }
    String key = next();
    if (!isWord(key)) {
      throw SyntaxException.unexpected(key, "identifier");
    }
    String wrong = keyProblem(key).orElse(null);
    if (wrong != null) {
      throw new SyntaxException("<nil>: Invalid value: " + GoFormatting.quote(key) + ": " + wrong);
    }
    if (absent || peek().isEmpty() || peek().equals(",")) {
      return;
    }
    String operator = next();
    if (operator.equals("in") || operator.equals("notin")) {
      List<String> values = values();
      for (int i = 0; i < values.size(); i++) {
        checkValue(key, values.get(i), i);
      }
    } else if (SIGNS.contains(operator)) {
      checkExact(key, operator);
    } else {
      throw SyntaxException.unexpected(operator, OPERATORS);
    }
  }

  private void checkExact(String key, String operator) throws SyntaxException {
    boolean hasValue = !peek().isEmpty() && !peek().equals(",");
    String value = hasValue ? next() : "";
    if (hasValue && !isWord(value)) {
      throw SyntaxException.unexpected(value, "identifier");
    }
    if ((operator.equals(">") || operator.equals("<")) && !value.matches("[-+]?[0-9]+")) {
      throw new SyntaxException(
          "values[0]: Invalid value: "
              + GoFormatting.quote(value)
              + ": for 'Gt', 'Lt' operators, the value must be an integer");
    }
    checkValue(key, value, 0);
  }

  private static void checkValue(String key, String value, int index) throws SyntaxException {
    String wrong = valueProblem(value).orElse(null);
    if (wrong != null) {
      throw new SyntaxException(
          "values["
              + index
              + "]["
              + key
              + "]: Invalid value: "
              + GoFormatting.quote(value)
              + ": "
              + wrong);
    }
  }

  private List<String> values() throws SyntaxException {
    String open = next();
    if (!open.equals("(")) {
      throw new SyntaxException("found '" + open + "' expected: '('");
    }
    if (peek().equals(")")) {
      next();
      return List.of("");
    }
    if (!isWord(peek()) && !peek().equals(",")) {
      throw SyntaxException.unexpected(peek(), "',', ')' or identifier");
    }
    List<String> values = new ArrayList<>();
    while (!peek().equals(")")) {
      String token = next();
      if (token.equals(",")) {
        continue;
      }
      if (!isWord(token)) {
        throw SyntaxException.unexpected(token, "',', or identifier");
      }
      values.add(token);
      if (!peek().equals(",") && !peek().equals(")")) {
        throw SyntaxException.unexpected(peek(), "',' or ')'");
      }
    }
    next();
    return values.stream().sorted().distinct().toList();
  }

  /** Returns what is wrong with a field selector. */
  public static Optional<String> fieldSelectorProblem(String selector) {
    return Optional.ofNullable(fieldProblem(selector));
  }

  private static @Nullable String fieldProblem(String selector) {
    for (String part : terms(selector)) {
      int sign = part.indexOf('=');
      if (!part.isEmpty() && sign < 0) {
        return "invalid selector: '" + selector + "'; can't understand '" + part + "'";
      }
      // The field name may be any text. A second = belongs to the operator unless the operator is
      // !=.
      boolean isDouble = part.startsWith("==", sign) && (sign == 0 || part.charAt(sign - 1) != '!');
      for (int i = sign + (isDouble ? 2 : 1); i < part.length(); i++) {
        boolean escape = part.charAt(i) == '\\';
        if (escape && (i + 1 == part.length() || "\\,=".indexOf(part.charAt(i + 1)) < 0)) {
          return "invalid field selector: invalid escape sequence: "
              + part.substring(i, Math.min(i + 2, part.length()));
        }
        if (part.charAt(i) == '=') { // Go prints the character as a number.
          return "invalid field selector: unescaped character in value: 61";
        }
        i += escape ? 1 : 0;
      }
    }
    return null;
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
