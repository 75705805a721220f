package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SentSecretsTest {
  private final SentSecrets sent = new SentSecrets();

  @Test
  void tokensAndPasswordsInAnswersAreHidden() {
    sent.addAuthorization("Bearer abcdef");
    sent.addAuthorization("Basic dTpodW50ZXIy"); // u:hunter2
    sent.add("longer-abcdef-value");

    assertThat(sent.hide("Bearer abcdef and dTpodW50ZXIy and u:hunter2"))
        .isEqualTo("Bearer <secret> and <secret> and u:<secret>");
    assertThat(sent.hide("x longer-abcdef-value x")).isEqualTo("x <secret> x");
  }

  @Test
  void aSecretInACauseIsFoundToo() {
    sent.add("hunter2");
    assertThat(sent.isShownBy(new IOException("a", new IOException("no hunter2 here")))).isTrue();
    assertThat(sent.isShownBy(new IOException("a", new IOException("no hunter here")))).isFalse();
  }

  @Test
  void textThatResemblesASecretByChanceIsKept() {
    sent.add("pod");
    sent.add("");
    assertThat(sent.hide("a pod is gone")).isEqualTo("a pod is gone");
  }

  @Test
  void renewedTokensPushTheOldestOut() {
    for (int i = 100; i < 200; i++) {
      sent.add("in use");
      sent.addAuthorization("Bearer token-number-" + i);
    }
    assertThat(sent.hide("token-number-199, in use")).isEqualTo("<secret>, <secret>");
    assertThat(sent.hide("token-number-100")).isEqualTo("token-number-100");
  }
}
