package io.promdisco.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUrlsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "https://a https://a https://a/",
        "HTTPS://u:p@a:8443/x/?q#f https://a:8443/x https://a:8443/x/?q",
        "http://[::1]:80/x%2Fy http://[::1]:80/x%2Fy http://[::1]:80/x%2Fy",
        "a:6443 https://a:6443 https://a:6443/",
        "http://a?q=[1]&r=%zz http://a http://a/?q=%5B1%5D&r=%25zz",
      })
  void aUrlGivesTheServerAndWhatToAsk(String text, String server, String request)
      throws IOException {
    assertThat(ServerUrls.server(text, "url")).hasToString(server);
    assertThat(ServerUrls.request(text, "url")).hasToString(request);
  }

  @ParameterizedTest
  @CsvSource({"http://u:p%3A@a,u:p:", "http://u@a/b@c,u", "http://a,''", "a:1,''", "'',''"})
  void theUserIsUnescaped(String text, String user) {
    assertThat(ServerUrls.userInfo(text)).isEqualTo(user);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ftp://a", "http://", "http://a b", "/x", "http://:1", "http://a:x"})
  void whatNamesNoServerIsRefused(String text) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> ServerUrls.server(text, "url"))
        .withMessageStartingWith("url: ")
        .withMessageContaining("(expected ");
  }
}
