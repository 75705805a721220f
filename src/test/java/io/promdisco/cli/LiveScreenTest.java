package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.LiveTable;
import io.promdisco.cli.output.TargetRow;
import io.promdisco.model.Labels;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveScreenTest {
  @TempDir private Path folder = Path.of("");
  private final LiveTable table = new LiveTable();

  @BeforeEach
  void fill() {
    table.show(List.of(row("pods", "c"), row("nodes", "d"), row("pods", "a")));
  }

  private static TargetRow row(String job, String host) {
    Labels labels = Labels.of("instance", host, "job", job);
    return new TargetRow(job, true, "http://" + host, labels, Labels.EMPTY, "30s", "10s");
  }

  private void press(String keys) {
    keys.chars().forEach(key -> assertThat(table.handleKey(key)).isTrue());
  }

  private List<String> targets(int height) {
    return table.lines(200, height).stream()
        .skip(2)
        .map(line -> line.replaceAll(".*http://(\\S+).*", "$1"))
        .toList();
  }

  @Test
  void keysSortReverseAndFilter() {
    assertThat(targets(24)).containsExactly("d", "a", "c");
    press("s");
    assertThat(targets(24)).containsExactly("a", "c", "d");
    press("r");
    assertThat(targets(24)).containsExactly("d", "c", "a");
    press("/podx\u007fs\n");
    assertThat(targets(24)).containsExactly("c", "a");
    assertThat(table.lines(200, 24).get(0)).startsWith("2 of 3 active  filter: pods");
    press("\u001b");
    assertThat(targets(24)).hasSize(3);
    assertThat(table.handleKey('q')).isFalse();
  }

  @Test
  void noLineIsWiderThanTheTerminalAndNoScreenHigher() {
    press("jjjj");
    assertThat(targets(4)).containsExactly("a", "c");
    press("k");
    assertThat(targets(4)).containsExactly("d", "a");
    assertThat(table.lines(20, 4)).hasSize(4).allMatch(line -> line.length() <= 20);
  }

  @Test
  void onATerminalTheTableIsShownUntilQAndTheScreenIsRestored() throws Exception {
    try (Terminal terminal =
            Terminal.run(folder, "targets", "config-examples/static.yml", "--watch");
        OutputStream keys = terminal.keys()) {
      eventually(
          () -> assertThat(terminal.screen()).contains("JOB ^", "http://127.0.0.1:9101/metrics"));
      keys.write("/9101\n".getBytes(StandardCharsets.US_ASCII));
      keys.flush();
      eventually(() -> assertThat(terminal.screen()).contains("1 of 2 active  filter: 9101"));
      keys.write('q');
      keys.flush();
      assertThat(terminal.exitCode()).isZero();
      assertThat(terminal.screen()).contains("\u001b[?1049h").contains("\u001b[?25h\u001b[?1049l");
    }
  }

  @Test
  void hostileLabelsDoNotControlTheTerminal() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("p.yml"),
            """
            scrape_configs:
            - job_name: "evil\\e]0;title\\a\\x9b2J\\u202e"
              static_configs: [{targets: ["h:1"], labels: {l: "\\e[2J\\n\\e[31mforged"}}]
            """);
    try (Terminal terminal = Terminal.run(folder, "targets", config.toString(), "--watch");
        OutputStream keys = terminal.keys()) {
      eventually(() -> assertThat(terminal.screen()).contains("evil\\x1b]0;title\\x07\\x9b2J"));
      assertThat(terminal.screen()).contains("\\x1b[2J\\n\\x1b[31mforged");
      keys.write('q');
      keys.flush();
      assertThat(terminal.exitCode()).isZero();
      assertThat(terminal.screen())
          .doesNotContain("\u001b]0")
          .doesNotContain("\u001b[2J")
          .doesNotContain("\u001b[31m")
          .doesNotContain("\u0007");
    }
  }

  @Test
  void aTerminalThatCannotBeOpenedIsOneSentence() throws Exception {
    // A new session has no controlling terminal, even if its output is a terminal.
    String command = Terminal.line("targets", "config-examples/static.yml", "--watch");
    try (Terminal terminal = Terminal.runLine(folder, "setsid --wait " + command)) {
      assertThat(terminal.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(terminal.screen())
          .contains("promdisco: /dev/tty: cannot be opened (expected: a terminal")
          .doesNotContain("Exception");
    }
  }

  @Test
  void controlCLeavesTheTerminalAsItWas() throws Exception {
    // The signal may be ignored in the process that runs the tests, which child processes inherit.
    String command =
        "env --default-signal=INT "
            + Terminal.line("targets", "config-examples/static.yml", "--watch");
    String shell = "trap : INT; stty -g; " + command + "; stty -g";
    try (Terminal terminal = Terminal.runLine(folder, shell);
        OutputStream keys = terminal.keys()) {
      eventually(() -> assertThat(terminal.screen()).contains("\u001b[?1049h"));
      keys.write(3); // Ctrl-C, which the terminal converts to a signal
      keys.flush();
      assertThat(terminal.exitCode()).isZero();
      List<String> settings =
          Pattern.compile("[0-9a-f]+(:[0-9a-f]+){10,}")
              .matcher(terminal.screen())
              .results()
              .map(MatchResult::group)
              .toList();
      assertThat(settings).as("before and after").hasSize(2);
      assertThat(settings.get(1)).isEqualTo(settings.get(0));
      assertThat(terminal.screen()).contains("\u001b[?25h\u001b[?1049l");
    }
  }
}
