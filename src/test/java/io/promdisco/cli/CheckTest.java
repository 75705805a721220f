package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.model.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} through the command line. */
class CheckTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BAD =
      """
      scrape_configs:
      - job_name: a
        kubernetes_sd_configs:
        - role: pods
        schema: https
      """;
  private static final String GOOD =
      "scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]\n";

  @TempDir private Path folder = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int check(boolean color, String... args) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    String[] all = new String[args.length + 1];
    all[0] = "check";
    System.arraycopy(args, 0, all, 1, args.length);
    return Main.run(new Console(stream, stream, color, color, 0), all);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  @Test
  void eachProblemShowsItsLineAndACaretAndTheEndSumsUp() throws IOException {
    String bad = file("bad.yml", BAD);
    String good = file("good.yml", GOOD);

    assertThat(check(false, bad, good)).isEqualTo(ExitCode.FINDING);

    assertThat(out().lines())
        .containsSubsequence(
            "  4 |   - role: pods",
            "    |           ^",
            "  5 |   schema: …",
            "    |   ^",
            "ok: " + good + ": 1 job",
            "2 files: 2 errors, 0 warnings");
    assertThat(out()).doesNotContain("\u001b");
  }

  @Test
  void coloursAreForTerminals() throws IOException {
    check(true, file("bad.yml", BAD));

    assertThat(out()).contains("\u001b[31m^\u001b[0m");
  }

  @Test
  void filesComeInTheOrderGiven() throws IOException {
    String second = file("a.yml", BAD);
    String first = file("b.yml", BAD);

    check(false, first, second, "-o", "json");

    JsonNode entries = JSON.readTree(out());
    assertThat(entries.findValuesAsText("file").get(0)).isEqualTo(first);
    assertThat(entries.at("/1/file").asText()).isEqualTo(second);
  }

  @Test
  void sarifHasARunWithARuleForEachKindAndARegionForEachProblem() throws IOException {
    assertThat(check(false, file("bad.yml", BAD), "--output", "sarif")).isEqualTo(ExitCode.FINDING);

    JsonNode document = JSON.readTree(out());
    assertThat(document.get("version").asText()).isEqualTo("2.1.0");
    assertThat(document.get("runs")).hasSize(1);
    JsonNode run = document.at("/runs/0");
    List<String> rules = run.at("/tool/driver/rules").findValuesAsText("id");
    assertThat(rules).doesNotHaveDuplicates().contains("unknown-key", "invalid-value");
    assertThat(run.get("results")).hasSize(2);
    for (JsonNode result : run.get("results")) {
      assertThat(rules).contains(result.get("ruleId").asText());
    }
    JsonNode typo = run.at("/results/1");
    assertThat(typo.get("ruleId").asText()).isEqualTo("unknown-key");
    assertThat(typo.get("level").asText()).isEqualTo("error");
    assertThat(typo.at("/locations/0/physicalLocation/region"))
        .isEqualTo(JSON.readTree("{\"startLine\": 5, \"startColumn\": 3}"));
    assertThat(typo.at("/locations/0/logicalLocations/0/fullyQualifiedName").asText())
        .isEqualTo("scrape_configs[0].schema");
  }

  @Test
  void sarifNamesFilesRelativeToTheFolderWhereTheyAreInIt() throws IOException {
    JsonNode inside = artifact(folder.resolve("conf d/p.yml").toString());
    assertThat(inside.get("uri").asText()).isEqualTo("conf%20d/p.yml");
    assertThat(inside.get("uriBaseId").asText()).isEqualTo("SRCROOT");
    assertThat(artifact("sub/../p.yml").get("uri").asText()).isEqualTo("p.yml");

    JsonNode outside = artifact("/elsewhere/p.yml");
    assertThat(outside.get("uri").asText()).isEqualTo("file:///elsewhere/p.yml");
    assertThat(outside.has("uriBaseId")).isFalse();
  }

  private JsonNode artifact(String file) {
    Problem problem =
        new Problem(
            Problem.Severity.WARNING, ProblemKind.NO_EFFECT, new Position(file, 1, 1), "", "m");
    JsonNode document = JSON.valueToTree(SarifDocument.of(List.of(problem), folder));
    assertThat(document.at("/runs/0/results/0/level").asText()).isEqualTo("warning");
    return document.at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation");
  }
}
