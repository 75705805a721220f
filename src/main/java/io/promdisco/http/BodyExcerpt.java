package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promdisco.Internal;
import io.promdisco.util.PrintableText;
import java.util.regex.Pattern;

/**
 * The first words of an unexpected answer, for errors. They show, for example, that it is a login
 * page.
 *
 * @hidden
 */
@Internal
public final class BodyExcerpt {
  /** The number of bytes of an answer that are searched. */
  public static final int BYTES = 16 << 10;

  private static final int LONGEST = 80;

  /** Matches comments, scripts and tags, but not {@link SentSecrets#HIDDEN}. In linear time. */
  private static final Pattern MARKUP =
      Pattern.compile(
          "(?is)<!--.*?(?:-->|\\z)|<(script|style)\\b.*?(?:</\\1\\s*+>|\\z)|<(?!secret>)[^>]*+>");

  private static final Pattern BLANK =
      Pattern.compile("[\\s\\p{Cntrl}\\p{Cf}\u0085\u00a0\u2028\u2029\ufffd]+");

  private BodyExcerpt() {}

  /**
   * Returns the first words as part of a sentence, for example {@code , which begins with "Sign
   * in"}, or an empty string if there are none. Without markup, on one line.
   *
   * @param beginning the beginning of the answer, in UTF-8; bytes after {@link #BYTES} are ignored
   * @param sent hides secrets before the text is shortened, because a part of a secret could not be
   *     recognized
   */
  static String of(byte[] beginning, SentSecrets sent) {
    String text =
        sent.hideInBeginning(new String(beginning, 0, Math.min(beginning.length, BYTES), UTF_8));
    int end = text.lastIndexOf('>') + 1; // Behind it, each "<" would be searched in vain.
    String bare = MARKUP.matcher(text.substring(0, end)).replaceAll(" ") + text.substring(end);
    String words = BLANK.matcher(bare).replaceAll(" ").strip();
    if (words.isEmpty()) {
      return "";
    }
    String cut = PrintableText.brief(words, LONGEST).replace(" …", "…");
    return ", which begins with \"" + cut.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
