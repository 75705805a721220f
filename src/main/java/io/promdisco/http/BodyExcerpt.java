package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.Internal;
import io.promdisco.util.PrintableText;
import java.util.regex.Pattern;

/**
 * The first words of an unexpected answer, for errors: they show that it is a login page.
 *
 * @hidden
 */
@Internal
public final class BodyExcerpt {
  /** How many bytes of an answer are searched for them. */
  public static final int BYTES = 16 << 10;

  private static final int LONGEST = 80;
  private static final Pattern MARKUP =
      Pattern.compile("(?is)<!--.*?-->|<(script|style)\\b.*?</\\1\\s*>|<[^>]*>");
  private static final Pattern BLANK =
      Pattern.compile("[\\s\\p{Cntrl}\\p{Cf}\u0085\u00a0\u2028\u2029\ufffd]+");

  private BodyExcerpt() {}

  /**
   * The first words as a part of a sentence, as {@code , which begins with "Sign in"}, or the empty
   * string if there are none. Without markup, in one line.
   *
   * @param beginning of the answer, in UTF-8
   */
  public static String of(byte[] beginning) {
    String text = new String(beginning, UTF_8);
    String words = BLANK.matcher(MARKUP.matcher(text).replaceAll(" ")).replaceAll(" ").strip();
    if (words.isEmpty()) {
      return "";
    }
    String cut = PrintableText.brief(words, LONGEST).replace(" …", "…");
    return ", which begins with \"" + cut.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
