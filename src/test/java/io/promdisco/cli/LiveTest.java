package io.promdisco.cli;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promdisco.model.Labels;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveTest {
  @TempDir private Path folder = Path.of("");
  private final LiveTable table = new LiveTable();

  @BeforeEach
  void fill() {
    table.show(List.of(row("pods", "c"), row("nodes", "d"), row("pods", "a")));
  }

  private static Row row(String job, String host) {
    Labels labels = Labels.of("instance", host, "job", job);
    return new Row(job, true, "http://" + host, labels, Labels.EMPTY, "30s", "10s");
  }

  private void press(String keys) {
    keys.chars().forEach(key -> assertThat(table.press(key)).isTrue());
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
    assertThat(table.press('q')).isFalse();
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
  void onATerminalTheTableIsShownUntilQAndTheScreenComesBack() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script(1) here");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/stty")), "no stty(1) here");
    Path screen = folder.resolve("screen");
    Process process = start(screen);
    try (OutputStream keys = process.getOutputStream()) {
      eventually(() -> assertThat(read(screen)).contains("JOB ^", "http://127.0.0.1:9101/metrics"));
      keys.write("/9101\n".getBytes(StandardCharsets.US_ASCII));
      keys.flush();
      eventually(() -> assertThat(read(screen)).contains("1 of 2 active  filter: 9101"));
      keys.write('q');
      keys.flush();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(read(screen)).contains("\u001b[?1049h").contains("\u001b[?25h\u001b[?1049l");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(Path screen) throws IOException {
    String command =
        Path.of(System.getProperty("java.home"), "bin", "java")
            + " -XX:TieredStopAtLevel=1 io.promdisco.cli.Main targets config-examples/static.yml"
            + " --watch";
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, screen.toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TERM", "xterm");
    builder.environment().remove("NO_COLOR");
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static String read(Path screen) throws IOException {
    return Files.exists(screen) ? Files.readString(screen, StandardCharsets.ISO_8859_1) : "";
  }
}
