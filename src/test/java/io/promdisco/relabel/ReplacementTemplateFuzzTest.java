package io.promdisco.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whatever a template contains, it is expanded by Go's rules, which this test implements in a
 * second way.
 */
class ReplacementTemplateFuzzTest {
  private static final String VALUE = "one-two";
  private static final List<String> NAMES = List.of("", "first", "second", "first");

  /** The whole match, two groups, and a group that did not match. */
  private static final int[] GROUPS = {0, 7, 0, 3, 4, 7, -1, -1};

  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:(\\$)|\\{([\\p{L}\\p{Nd}_]+)}|([\\p{L}\\p{Nd}_]+))");

  @FuzzTest(maxDuration = "5m")
  void everyTemplateExpandsAsInGo(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);

    ReplacementTemplate template = ReplacementTemplate.parse(text, NAMES);

    assertThat(template.expand(VALUE, GROUPS)).isEqualTo(expected(text));
    assertThat(template.text()).isEqualTo(text);
    if (template.isConstant()) {
      assertThat(template.expand("x", new int[] {0, 1, 0, 1, 0, 1, 0, 1}))
          .isEqualTo(expected(text));
    }
  }

  private static String expected(String text) {
    Matcher reference = REFERENCE.matcher(text);
    StringBuilder out = new StringBuilder();
    while (reference.find()) {
      String name = reference.group(2) == null ? reference.group(3) : reference.group(2);
      String put = reference.group(1) == null ? group(String.valueOf(name)) : "$";
      reference.appendReplacement(out, Matcher.quoteReplacement(put));
    }
    return reference.appendTail(out).toString();
  }

  private static String group(String name) {
    return switch (name) {
      case "0" -> VALUE;
      case "1", "first" -> "one";
      case "2", "second" -> "two";
      default -> "";
    };
  }
}
