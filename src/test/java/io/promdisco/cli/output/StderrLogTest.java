package io.promdisco.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class StderrLogTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void lineIsAnObjectWhateverIsInIt() throws Exception {
    String line =
        StderrLog.line(
            Logging.Format.JSON,
            Instant.EPOCH,
            Level.WARN,
            "a.B",
            "tab\t\"quote\"\nline",
            new IllegalStateException("no"));
    assertThat(line).doesNotContain("\n");
    JsonNode read = JSON.readTree(line);
    assertThat(read.at("/time").asText()).isEqualTo("1970-01-01T00:00:00.000Z");
    assertThat(read.at("/level").asText()).isEqualTo("warn");
    assertThat(read.at("/logger").asText()).isEqualTo("a.B");
    assertThat(read.at("/msg").asText()).isEqualTo("tab\t\"quote\"\nline");
    assertThat(read.at("/error").asText())
        .startsWith("java.lang.IllegalStateException: no")
        .contains("at io.promdisco.cli.output.StderrLogTest");
  }

  @Test
  void textIsALineAndTheStackTraceBehindIt() {
    Instant time = Instant.parse("2026-01-02T03:04:05.006Z");
    assertThat(StderrLog.line(Logging.Format.TEXT, time, Level.INFO, "a.b.C", "read", null))
        .isEqualTo("2026-01-02T03:04:05.006Z INFO C - read");
    assertThat(
            StderrLog.line(
                Logging.Format.TEXT, time, Level.ERROR, "C", "no", new IllegalStateException("x")))
        .startsWith(
            "2026-01-02T03:04:05.006Z ERROR C - no"
                + System.lineSeparator()
                + "java.lang.IllegalStateException: x")
        .contains("at io.promdisco.cli.output.StderrLogTest");
  }

  /** SLF4J chooses its logger once in a process, so this is a separate process. */
  @Test
  void processLogsJsonFromTheLevelThatWasSet() throws Exception {
    List<String> lines = run("info");
    assertThat(lines).hasSize(2);
    assertThat(JSON.readTree(lines.get(0)).at("/msg").asText()).isEqualTo("read 3 files");
    assertThat(JSON.readTree(lines.get(1)).at("/level").asText()).isEqualTo("error");
    assertThat(run("error")).hasSize(1);
  }

  @Test
  void warningsOfSourcesAreLeftToTheCommandUntilItHasReported() throws Exception {
    Logging.set((Logging.Level) null);
    for (String source : Logging.SOURCES) {
      assertThat(Class.forName(source)).isNotNull();
      assertThat(Logging.leavesWarningsOf(source)).isFalse();
      Logging.leaveSourceFailures();
      assertThat(Logging.leavesWarningsOf(source)).isTrue();
      assertThat(Logging.leavesWarningsOf("io.promdisco.scrape.ScrapePool")).isFalse();
      Logging.reportSourceFailures();
    }
  }

  private static List<String> run(String level) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Logs.class.getName(),
                level)
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said.lines().toList();
  }

  /** Sets logs as the command line does, and logs. */
  static final class Logs {
    private Logs() {}

    public static void main(String[] arguments) {
      Logging.use();
      Logging.set(Logging.Level.valueOf(arguments[0].toUpperCase(Locale.ROOT)));
      Logging.set(Logging.Format.JSON);
      Logger log = LoggerFactory.getLogger("test");
      log.info("read {} files", 3);
      log.debug("not shown");
      log.error("failed");
    }
  }
}
