package io.promdisco.providers.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;

/** Answers were recorded from miekg/dns 1.1.73. */
final class DnsNamesTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "web., web.",
        "Web.Test., Web.Test.",
        "a\\.web., a\\.web.",
        "a.web\\.., a.web\\..",
        "., .",
        "b\u00fcro., b\\195\\188ro.",
        "a\\032b., a\\ b.",
        "a\\300., |a,.|",
        "|a b'@;()\"$!~.|, |a\\ b\\'\\@\\;\\(\\)\\\"$!~.|",
        "\\065., A.",
        "*.x., *.x.",
        "_a._tcp.x., _a._tcp.x."
      })
  void textOfWhatWasRead(String name, String text) throws IOException {
    assertThat(DnsNames.text(DnsNames.parse(name))).isEqualTo(text);
    assertThat(DnsNames.text(DnsNames.parse(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "a..b.", ".a."})
  void emptyLabelsAreRefused(String name) {
    assertThatThrownBy(() -> DnsNames.parse(name))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("empty label");
  }

  @Test
  void longestNamesAreAllowedAndLongerOnesRefused() throws IOException {
    String label = "a".repeat(63) + ".";
    assertThat(DnsNames.text(DnsNames.parse(label))).isEqualTo(label);
    assertThatThrownBy(() -> DnsNames.parse("a" + label)).hasMessageContaining("64 bytes");
    assertThat(DnsNames.text(DnsNames.parse("a.".repeat(127)))).isEqualTo("a.".repeat(127));
    assertThatThrownBy(() -> DnsNames.parse("a.".repeat(128))).hasMessageContaining("255 bytes");
  }

  @Test
  @Timeout(10)
  void namesOfUnusualCharactersAreWrittenQuickly() throws IOException {
    Name name = DnsNames.parse("\\001\\255".repeat(30).concat(".").repeat(4));
    for (int i = 0; i < 100_000; i++) {
      assertThat(DnsNames.text(name).length()).isEqualTo(4 * (60 * 4 + 1));
    }
  }
}
