package io.promdisco.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class ApiDocumentsTest {
  /** A user name from a Secret may be any bytes. */
  @Test
  void configurationWithTextThatIsNotUnicodeIsShown() {
    String yaml = ApiDocuments.yaml(Map.of("username", "a\udc00b", "other", "\u001b[2J"));

    assertThat(yaml).contains("username: ").doesNotContain("\u001b", "!!binary");
    assertThat(new Yaml().<Map<String, Object>>load(yaml)).containsEntry("other", "\u001b[2J");
  }
}
