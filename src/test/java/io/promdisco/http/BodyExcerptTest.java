package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyExcerptTest {
  private static String of(String text) {
    return of(text, new SentSecrets());
  }

  private static String of(String text, SentSecrets sent) {
    return BodyExcerpt.of(text.getBytes(UTF_8), sent);
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
    assertThat(BodyExcerpt.of(new byte[] {(byte) 0xff, (byte) 0xfe, 0}, new SentSecrets()))
        .isEmpty();
  }

  @Test
  void hidesASecretThatTheyContainInPart() {
    SentSecrets sent = new SentSecrets();
    sent.add("eyJ0b2tlbiI6".repeat(50)); // longer than the excerpt
    sent.add("p<b>ss word");

    assertThat(of("You sent: " + "eyJ0b2tlbiI6".repeat(50) + " <b>Sign in</b>", sent))
        .isEqualTo(", which begins with \"You sent: <secret> Sign in\"");
    assertThat(of("x".repeat(75) + " " + "eyJ0b2tlbiI6".repeat(50), sent)).doesNotContain("ey");
    assertThat(of("You sent: p<b>ss word.", sent))
        .isEqualTo(", which begins with \"You sent: <secret>.\"");
    assertThat(of("Only the first packet came: " + "eyJ0b2tlbiI6".repeat(3), sent))
        .isEqualTo(", which begins with \"Only the first packet came: <secret>\"");
  }

  @Test
  void markupWithoutEndTakesLinearTime() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), // the quadratic search took minutes
        () -> {
          for (String begin : List.of("<", "<!--", "<!-->", "<script ", "</script    ")) {
            for (int i = 0; i < 100; i++) {
              of(begin.repeat(BodyExcerpt.BYTES / begin.length()));
            }
          }
        });
  }
}
