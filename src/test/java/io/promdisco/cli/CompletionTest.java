package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promdisco.testing.SkipReason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Completion, manual pages, and the first screen of the help. */
class CompletionTest {
  @TempDir private Path folder = Path.of("");

  private Cli cli() {
    return new Cli(folder);
  }

  private String completion(String shell) {
    Cli cli = cli();
    assertThat(cli.run("completion", shell)).as(cli.err()).isZero();
    return cli.out();
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  private String bash(String line) throws IOException, InterruptedException {
    Path script = Files.writeString(folder.resolve("c.bash"), completion("bash"));
    String words = line.replaceAll("(\\S+)", "'$1'");
    int last = line.split(" ", -1).length - 1;
    return run(
        "bash",
        "-c",
        "source "
            + script
            + "; COMP_WORDS=("
            + words
            + (line.endsWith(" ") ? " ''" : "")
            + "); COMP_CWORD="
            + last
            + "; COMP_LINE='"
            + line
            + "'; _complete_promdisco; printf '%s\\n' \"${COMPREPLY[@]}\"");
  }

  @Test
  void bashCompletesCommandsOptionsAndValues() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), SkipReason.BASH);
    assertThat(bash("promdisco ta").lines()).contains("targets");
    assertThat(bash("promdisco targets --kube").lines()).contains("--kubeconfig");
    assertThat(bash("promdisco targets --output ").lines()).contains("http-sd", "prometheus");
    assertThat(bash("promdisco targets --state ").lines()).contains("active", "dropped", "any");
    assertThat(bash("promdisco bench --output ").lines()).contains("table");
    assertThat(bash("promdisco completion ").lines()).contains("bash", "zsh", "fish");
  }

  @Test
  void scriptsKeepHiddenCommandsToThemselves() {
    for (String shell : List.of("bash", "zsh", "fish")) {
      assertThat(completion(shell)).doesNotContain("warm-up").doesNotContain("man-pages");
    }
  }

  @Test
  void zshIsReadyForAScriptOfBash() {
    assertThat(completion("zsh"))
        .startsWith("autoload -U +X bashcompinit && bashcompinit\n")
        .contains("complete -F _complete_promdisco");
  }

  @Test
  void fishLearnsCommandsOptionsChoicesAndFiles() {
    assertThat(completion("fish").lines())
        .contains(
            "complete -c promdisco -n '__fish_use_subcommand' -a 'targets' -d 'Print the targets of"
                + " a configuration.'",
            "complete -c promdisco -n '__fish_seen_subcommand_from targets' -F",
            "complete -c promdisco -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh"
                + " fish'")
        .anyMatch(line -> line.contains("-l state -r -f -a 'active dropped any' -d "))
        .anyMatch(line -> line.contains("from targets' -l manifests -r -F -d "))
        .anyMatch(line -> line.contains("from targets' -s o -l output -r -f -a 'table wide json "));
  }

  @Test
  void fishTakesTheScript() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/fish")), SkipReason.FISH);
    Path script = Files.writeString(folder.resolve("c.fish"), completion("fish"));
    assertThat(run("fish", "-c", "source " + script + "; complete -C 'promdisco ta'"))
        .contains("targets");
  }

  @Test
  void everyCommandHasAManualPageThatTheFormatterTakesWithoutAWarning() throws Exception {
    Cli cli = cli();
    Path pages = folder.resolve("man");
    assertThat(cli.run("man-pages", pages.toString())).as(cli.err()).isZero();

    List<Path> written;
    try (Stream<Path> files = Files.list(pages)) {
      written = files.sorted().toList();
    }
    assertThat(written.stream().map(page -> page.getFileName().toString()))
        .contains("promdisco.1", "promdisco-targets.1", "promdisco-test.1", "promdisco-check.1")
        .doesNotContain("promdisco-warm-up.1");
    assertThat(Files.readString(pages.resolve("promdisco-targets.1")))
        .contains(".SH \"OPTIONS\"", "\\fB\\-\\-manifests\\fR \\fIFILE|DIR\\fR")
        .doesNotContain("%n");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), SkipReason.GROFF);
    for (Path page : written) {
      String text = run("groff", "-ww", "-z", "-man", "-Tutf8", page.toString());
      assertThat(text).as(page.toString()).isEmpty();
    }
  }

  @Test
  void theFirstScreenHasFiveExamplesAndFitsIntoOne() {
    Cli cli = cli();
    assertThat(cli.run()).isZero();
    String without = cli.out();
    assertThat(without.lines().limit(24).filter(line -> line.startsWith("  promdisco ")))
        .hasSize(5);
    assertThat(without.lines()).allMatch(line -> line.length() <= 80);
    assertThat(cli.run("help")).isZero();
    assertThat(cli.out()).isEqualTo(without);
    assertThat(cli.run("help", "targets")).isZero();
    assertThat(cli.out()).contains("Usage: promdisco targets");
  }

  @Test
  void theVersionNamesTheCommitWhereTheBuildKnowsIt() throws IOException {
    String id = "0123456789abcdef0123456789abcdef01234567";
    assertThat(Version.commit(properties("git.commit.id=" + id + "\ngit.dirty=false\n")))
        .isEqualTo("0123456789ab");
    assertThat(Version.commit(properties("git.commit.id=" + id + "\ngit.dirty=true\n")))
        .isEqualTo("0123456789ab, changed");
    assertThat(Version.commit(properties(""))).isEmpty();
    assertThat(Version.commit(null)).isEmpty();
  }

  private static ByteArrayInputStream properties(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
