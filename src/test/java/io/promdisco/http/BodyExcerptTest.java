package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodyExcerptTest {
  private static String of(String text) {
    return BodyExcerpt.of(text.getBytes(UTF_8));
  }

  @Test
  void showsTextWithoutMarkupInOneLine() {
    assertThat(of("<!DOCTYPE html>\n<html><title>Sign in</title>\r\n<p>Welcome\u2028back"))
        .isEqualTo(", which begins with \"Sign in Welcome back\"");
    assertThat(of("<script>a()</script><style>b</style><!-- c > d --> e &lt; f"))
        .isEqualTo(", which begins with \"e &lt; f\"");
  }

  @Test
  void escapesQuotesAndDropsControlCharacters() {
    assertThat(of("a \"b\" \\ \u001b[31mred\u202e\u0000 c"))
        .isEqualTo(", which begins with \"a \\\"b\\\" \\\\ [31mred c\"");
  }

  @Test
  void excerptIsShort() {
    assertThat(of("word ".repeat(100))).hasSizeLessThan(110).endsWith("word…\"");
    assertThat(of("a".repeat(79) + "😀b")).endsWith("aaa…\"");
  }

  @Test
  void excerptIsEmptyWithoutText() {
    assertThat(of("")).isEmpty();
    assertThat(of("<html></html>\n")).isEmpty();
    assertThat(BodyExcerpt.of(new byte[] {(byte) 0xff, (byte) 0xfe, 0})).isEmpty();
  }
}
