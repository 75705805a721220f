package io.promdisco.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.model.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileExcerptTest {
  @TempDir private Path folder = Path.of("");

  private FileExcerpt.Line shown(String content, int line, int column, ProblemKind kind, int width)
      throws IOException {
    // Nothing is shown from a file without a key.
    Path file = Files.writeString(folder.resolve("p.yml"), content + "\nkey: 1\n");
    Position position = new Position(file.toString(), line, column);
    return new FileExcerpt(width)
        .of(new Problem(Problem.Severity.ERROR, kind, position, "", ""))
        .orElseThrow();
  }

  private FileExcerpt.Line shown(String content, int line, int column) throws IOException {
    return shown(content, line, column, ProblemKind.INVALID_VALUE, 80);
  }

  @Test
  void caretIsUnderThePlace() throws IOException {
    assertThat(shown("a: 1\n  role: pods\n", 2, 9))
        .isEqualTo(new FileExcerpt.Line("  role: pods", 8));
  }

  @Test
  void tabsReachToTheNextStop() throws IOException {
    assertThat(shown("a:\t\tb\n", 1, 5)).isEqualTo(new FileExcerpt.Line("a:      b", 8));
  }

  @Test
  void wideCharactersTakeTwoColumnsAndAccentsNone() throws IOException {
    assertThat(shown("日本: x\n", 1, 5)).isEqualTo(new FileExcerpt.Line("日本: x", 6));
    assertThat(shown("e\u0301: x\n", 1, 5).caret()).isEqualTo(3);
    assertThat(shown("😀: x\n", 1, 4).caret()).isEqualTo(4);
  }

  @Test
  void longLineIsCutAroundThePlace() throws IOException {
    String line = "a".repeat(200) + "HERE" + "b".repeat(200);

    FileExcerpt.Line shown = shown(line, 1, 201, ProblemKind.INVALID_VALUE, 40);

    assertThat(shown.text()).hasSize(40).startsWith("…a").endsWith("b…");
    assertThat(shown.text().substring(shown.caret())).startsWith("HERE");
  }

  @Test
  void theEndsOfALongLineAreNotCutWhereThePlaceIsAtThem() throws IOException {
    String line = "START" + "a".repeat(200) + "END";

    assertThat(shown(line, 1, 1, ProblemKind.INVALID_VALUE, 40).text()).startsWith("START");
    assertThat(shown(line, 1, 206, ProblemKind.INVALID_VALUE, 40).text()).endsWith("END");
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() throws IOException {
    assertThat(shown("a: \u001b[31m\u202ex\n", 1, 4).text()).isEqualTo("a: \\x1b[31m\\u202ex");
  }

  @Test
  void aPlaceOutsideOfTheFileIsNotAFailure() throws IOException {
    assertThat(shown("a: b\n", 1, 99).caret()).isEqualTo(4);
    Path file = folder.resolve("p.yml");
    for (Position position :
        new Position[] {new Position(file.toString(), 9, 1), new Position("no such file", 1, 1)}) {
      Problem problem =
          new Problem(Problem.Severity.ERROR, ProblemKind.UNREADABLE, position, "", "");
      assertThat(new FileExcerpt(80).of(problem)).isEmpty();
    }
  }

  @Test
  void byteOrderMarkCountsNothing() throws IOException {
    Path file = folder.resolve("bom.yml");
    Files.write(file, "\uFEFFrole: x\n".getBytes(StandardCharsets.UTF_8));
    Position position = new Position(file.toString(), 1, 7);
    Problem problem =
        new Problem(Problem.Severity.ERROR, ProblemKind.INVALID_VALUE, position, "", "");

    assertThat(new FileExcerpt(80).of(problem)).contains(new FileExcerpt.Line("role: x", 6));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password: hunter2",
        "basic_auth: {username: u, password: hunter2, foo: 1}",
        "basic_auth: {username: u, password: 'hunter2', foo: 1}",
        "{\"basic_auth\": {\"password\":\"hunter2\"}}",
        "basic_auth: hunter2",
        "authorization: Bearer hunter2",
        "- credentials: hunter2 # hunter2",
        "pasword_: {a: hunter2}",
        "bearer_token: hunter2",
        "  client_secret: &s hunter2",
        "http_headers: {X: {secrets: [a, hunter2]}}",
        "proxy_connect_header: {Proxy-Authorization: [hunter2]}",
        "url: http://user:hunter2@host/path",
        "tls_config: {key: hunter2}"
      })
  void secretsAreHiddenWhereverThePlaceIs(String line) throws IOException {
    for (int column = 1; column <= line.length() + 1; column++) {
      assertThat(shown(line, 1, column).text()).doesNotContain("hunter2").contains("<secret>");
    }
  }

  @Test
  void partsOfASecretOnFurtherLinesAreHidden() throws IOException {
    String block = "tls_config:\n  key: |\n    hunter2\n\n    hunter2\n";
    assertThat(shown(block, 3, 5)).isEqualTo(new FileExcerpt.Line("    <secret>", 4));
    assertThat(shown(block, 5, 8).text()).isEqualTo("    <secret>");
    assertThat(shown("secrets:\n- hunter2\n- hunter2\n", 3, 3).text()).isEqualTo("<secret>");
    assertThat(shown("proxy_connect_header:\n  A:\n  - hunter2\n", 3, 5).text())
        .doesNotContain("hunter2");
  }

  @Test
  void whatIsBesideASecretIsShown() throws IOException {
    String yaml = "a:\n- password: x\n  username: u\n- password_file: here\n";
    assertThat(shown(yaml, 3, 3).text()).isEqualTo("  username: u");
    assertThat(shown(yaml, 4, 3).text()).isEqualTo("- password_file: here");
  }

  @Test
  void valueOfAnUnknownKeyIsHiddenForItMayBeAMisspeltSecret() throws IOException {
    assertThat(shown("  pwassord: hunter2\n", 1, 3, ProblemKind.UNKNOWN_KEY, 80))
        .isEqualTo(new FileExcerpt.Line("  pwassord: …", 2));
  }
}
