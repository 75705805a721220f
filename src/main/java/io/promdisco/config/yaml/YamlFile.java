package io.promdisco.config.yaml;

import io.promdisco.Internal;
import io.promdisco.config.ProblemKind;
import io.promdisco.yaml.YamlComposer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Parses the first YAML document of a file.
 *
 * @hidden
 */
@Internal
public final class YamlFile {
  public static final int MOST_BYTES = 32 << 20;
  private static final int DEEPEST = 100;

  /** The size up to which files are searched for hints; larger ones are rarely written by hand. */
  private static final int MOST_BYTES_FOR_HINTS = 1 << 20;

  /** The approximate memory of a value with its places, in bytes. */
  private static final int VALUE = 350;

  private static final long MOST_VALUES = Runtime.getRuntime().maxMemory() / 2 / VALUE;

  private YamlFile() {}

  /**
   * Returns the first document. Empty if there is none, or if the content is not YAML, which is
   * reported.
   */
  public static Optional<Node> parse(byte[] content, ProblemCollector problems) {
    if (content.length > MOST_BYTES) {
      problems.error(
          ProblemKind.SYNTAX, "the file is too large (expected: at most " + MOST_BYTES + " bytes)");
      return Optional.empty();
    }
    YamlComposer composer = new YamlComposer(content, DEEPEST, MOST_VALUES);
    try {
      Optional<Node> document = composer.compose();
      composer.tagged().forEach(scalar -> checkTag(scalar, problems));
      return problems.hasErrors() ? Optional.empty() : document;
    } catch (MarkedYAMLException e) {
      boolean isLong = content.length > MOST_BYTES_FOR_HINTS;
      String text = isLong ? "" : text(content);
      String context = e.getContext() == null ? "" : e.getContext() + ": ";
      String problem = String.valueOf(e.getProblem());
      if (problem.startsWith(YamlComposer.UNKNOWN_ANCHOR)
          && (isLong || SyntaxHints.isNearSecret(text, e))) {
        // A password that begins with "*" looks like an alias.
        problem =
            YamlComposer.UNKNOWN_ANCHOR + " (expected: quotes around text that begins with *)";
      }
      problems.error(
          problems.position(e.getProblemMark()),
          ProblemKind.SYNTAX,
          "",
          context + problem + (isLong ? "" : SyntaxHints.ofSyntax(text, e)));
    }
    return Optional.empty();
  }

  private static void checkTag(ScalarNode scalar, ProblemCollector problems) {
    String problem = ConfigScalars.tagProblem(scalar);
    if (problem != null) {
      problems.error(scalar, ProblemKind.WRONG_TYPE, "", problem);
    }
  }

  /** Returns the file as text, for hints. */
  private static String text(byte[] content) {
    boolean utf16 = content.length > 1 && (content[0] & content[1] & 0xfe) == 0xfe;
    String text = new String(content, utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
