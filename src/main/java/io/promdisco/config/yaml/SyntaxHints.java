package io.promdisco.config.yaml;

import io.promdisco.Internal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Recognizes missing blanks, and text that another program would replace, such as a template or a
 * shell variable. Suggests what to do; does not decide whether the file is valid.
 *
 * @hidden
 */
@Internal
public final class SyntaxHints {
  private static final String TEMPLATE = "looks like a template that was not rendered";

  private static final String AFTER_DASH = "a blank is missing after \"-\"";

  /** The number of lines before an error in which its cause may be. */
  private static final int LINES_BEFORE = 3;

  private static final Pattern OPENING = Pattern.compile("\\{\\{|\\{%");
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
  private static final Pattern ENTRY = Pattern.compile("-(?=[A-Za-z_\"'\\[{])");
  private static final Pattern ITEMS = Pattern.compile("\\s*(?:- +){0,20}");

  /** A key that is typical of a configuration, with its value directly after the colon. */
  private static final Pattern KEY =
      Pattern.compile(
          "((?:[a-z]{1,30}_){1,8}(?:addresses|alias|configs?|credentials|factor|fields?|files?|headers?"
              + "|histograms|id|interval|labels?|length|limit|metadata|metrics|name|names|namespace"
              + "|path|port|proto|protocols?|redirects|scheme|scopes|server|timeout|timestamps"
              + "|token|url|username|verify)"
              + "|action|field|files|global|label|labels|modulus|names|namespaces|params|regex"
              + "|replacement|role|scheme|selectors|separator|targets|type|url):(?=\\S)");

  private static final Pattern PORT = Pattern.compile("[0-9]{2,5}\\s*");

  /** Endings of keys that have a number as value. */
  private static final Pattern NUMBER = Pattern.compile("(?:length|limit|modulus|port)$");

  private static final Pattern DEFAULT =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*):?[-=?+][^}]{0,1000}\\}");
  private static final Pattern PARENTHESES = Pattern.compile("\\$\\([A-Z][A-Z0-9_]*\\)");
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:\\{[A-Za-z_]\\w*\\}|\\([A-Za-z_]\\w*\\)|[A-Za-z_]\\w*)");

  /** Keys whose values no message quotes. */
  private static final Set<String> SECRET =
      Set.of("password", "credentials", "bearer_token", "client_secret", "secret_key", "secrets");

  /** Keys whose values may contain text that looks like another language. */
  private static final Set<String> FREE = Set.of("regex", "params", "http_headers");

  /** The labels in which Prometheus Operator replaces variables by their values. */
  private static final String OPERATED = "external_labels";

  private static final Set<String> SELECTOR = Set.of("field", "label");

  private final ProblemCollector problems;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private SyntaxHints(ProblemCollector problems) {
    this.problems = problems;
  }

  /**
   * Collects hints about a document's values. Each hint is shown with an error there, or as a
   * warning.
   */
  public static void note(Node document, ProblemCollector problems) {
    new SyntaxHints(problems).visit(document, "", "");
  }

  private void visit(Node node, String path, String key) {
    if (!(node instanceof ScalarNode) && !seen.add(node)) {
      return;
    }
    if (node instanceof SequenceNode list) {
      for (int i = 0; i < list.getValue().size(); i++) {
        visit(list.getValue().get(i), path + "[" + i + "]", key);
      }
    } else if (node instanceof MappingNode map) {
      for (NodeTuple entry : map.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode name) {
          key(map, name, entry.getValueNode(), path);
          String child = path.isEmpty() ? name.getValue() : path + "." + name.getValue();
          visit(entry.getValueNode(), child, isInherited(key) ? key : name.getValue());
        } else if (entry.getKeyNode() instanceof MappingNode inner) { // {{ a }}
          problems.hint(node, path, TEMPLATE, false);
          problems.hint(inner, path, TEMPLATE, false);
        }
      }
    } else if (node instanceof ScalarNode scalar) {
      String hint = ofValue(scalar.getValue(), key);
      if (hint != null) {
        problems.hint(node, path, hint, true);
      } else {
        ifRefused(scalar, path);
      }
    }
  }

  private static boolean isInherited(String key) {
    return SECRET.contains(key) || FREE.contains(key) || key.equals(OPERATED);
  }

  /**
   * If the blank after "-" is missing in every entry, a list becomes a mapping; if the blank after
   * ":" is missing, a pair becomes a key.
   */
  private void key(MappingNode map, ScalarNode name, Node value, String path) {
    int colon = name.getValue().indexOf(':');
    if (ConfigScalars.isPlain(name) && colon > 0 && ConfigScalars.isNull(value)) {
      problems.hint(name, path, afterColon(name.getValue().substring(0, colon + 1)), true);
    } else if (ifRefused(name, path) && name.getValue().startsWith("-")) {
      problems.hint(map, path, AFTER_DASH, false);
    }
  }

  private boolean ifRefused(ScalarNode scalar, String path) {
    String blank = ConfigScalars.isPlain(scalar) ? missingBlank(scalar.getValue()) : null;
    if (blank != null) {
      problems.hint(scalar, path, blank, false);
    }
    return blank != null;
  }

  private static String afterColon(String key) {
    return "a blank is missing after \"" + key + "\"";
  }

  private static boolean isTemplate(String value, String opening, String closing) {
    int start = value.indexOf(opening);
    return start >= 0 && value.indexOf(closing, start + opening.length()) >= 0;
  }

  private static @Nullable String ofValue(String value, String key) {
    if (value.indexOf('{') < 0 && value.indexOf('$') < 0) {
      return null;
    }
    boolean template = isTemplate(value, "{{", "}}") || isTemplate(value, "{%", "%}");
    if (SECRET.contains(key)) {
      return template && value.startsWith("{") && value.endsWith("}") ? TEMPLATE : null;
    }
    if (FREE.contains(key)) {
      return null;
    }
    if (template) {
      return TEMPLATE;
    }
    Matcher withDefault = DEFAULT.matcher(value);
    if (withDefault.find()) {
      return "Prometheus does not support defaults as a shell does (expected: the value instead of"
          + " ${"
          + withDefault.group(1)
          + ":-...})";
    }
    if (key.equals(OPERATED)) {
      return null;
    }
    Matcher variable = (SELECTOR.contains(key) ? VARIABLE : PARENTHESES).matcher(value);
    return variable.find()
        ? "Prometheus does not expand "
            + variable.group()
            + " (expected: its value; the operator replaces it before Prometheus reads the file)"
        : null;
  }

  /** Returns the hint for a blank that is missing at the beginning of a text, or null. */
  private static @Nullable String missingBlank(String text) {
    Matcher items = ITEMS.matcher(text);
    int start = items.lookingAt() ? items.end() : 0;
    if (ENTRY.matcher(text).region(start, text.length()).lookingAt()) {
      return AFTER_DASH;
    }
    Matcher key = KEY.matcher(text).region(start, text.length());
    return key.lookingAt() && !isAddress(key.group(1), text.substring(key.end()))
        ? afterColon(key.group())
        : null;
  }

  private static boolean isAddress(String host, String port) {
    return PORT.matcher(port).matches() && !NUMBER.matcher(host).find();
  }

  /** Whether an error is at, or soon after, a key whose value no message quotes. */
  static boolean isNearSecret(String text, MarkedYAMLException e) {
    List<String> lines = text.lines().toList();
    Mark mark = e.getProblemMark();
    return mark != null
        && suspects(lines, mark, null).stream()
            .anyMatch(line -> SECRET.stream().anyMatch(lines.get(line)::contains));
  }

  /** Returns a hint about a syntax error; empty if there is none. */
  static String ofSyntax(String text, MarkedYAMLException e) {
    Mark mark = e.getProblemMark();
    if (mark == null) {
      return "";
    }
    List<String> lines = text.lines().toList();
    Set<Integer> suspects = suspects(lines, mark, e.getContextMark());
    for (int line : suspects) {
      String unquoted = QUOTED.matcher(lines.get(line)).replaceAll("");
      if (OPENING.matcher(unquoted).find()) {
        return "; line " + (line + 1) + " " + TEMPLATE;
      }
    }
    String problem = String.valueOf(e.getProblem());
    for (String reserved : List.of("@", "`")) {
      if (problem.contains("found character '" + reserved + "' that cannot start any token")) {
        return "; write text that begins with " + reserved + " in quotes";
      }
    }
    String found = "";
    for (int line : suspects) {
      String blank = missingBlank(lines.get(line));
      if (blank != null) {
        found = "; " + blank + " in line " + (line + 1);
      } else if (!found.isEmpty()) {
        break;
      }
    }
    return found;
  }

  /** Returns the lines that may contain the cause of an error, the last one first. */
  private static Set<Integer> suspects(List<String> lines, Mark mark, @Nullable Mark context) {
    Set<Integer> suspects = new LinkedHashSet<>();
    List<Integer> before = new ArrayList<>();
    for (int i = Math.min(mark.getLine(), lines.size() - 1);
        i >= 0 && before.size() <= LINES_BEFORE;
        i--) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        before.add(i);
      }
    }
    suspects.addAll(before);
    if (context != null && context.getLine() < lines.size()) {
      suspects.add(context.getLine());
    }
    return suspects;
  }
}
