package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.SarifDocument;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.model.Position;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code check} through the command line. */
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
  void nothingIsShownOfAFileThatMayHoldAToken() throws IOException {
    for (String token :
        List.of("s3cr3t", "@s3cr3t", "%s3cr3t", "\"s3cr3t", "{s3cr3t", "\"s3cr3t\"")) {
      String config =
          file(
              "named.yml",
              "scrape_configs: [{job_name: a, file_sd_configs: [{files: [x.json, x.yml]}]}]");
      file("x.json", token);
      file("x.yml", token);
      check(false, config, file("whole.yml", token));
      assertThat(out()).contains("error: ").doesNotContain("s3cr3t");
    }
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

  @Test
  void syntaxOnlyLooksAtNoFileThatTheConfigurationNames() throws IOException {
    file("broken.json", "[{");
    file("jobs.yml", "scrape_configs: [{job_name: ''}]\n");
    String config =
        file(
            "files.yml",
            """
            rule_files: [rules.yml, '[']
            scrape_config_files: [jobs.yml, none.yml, '[']
            scrape_configs:
            - job_name: a
              authorization: {credentials_file: token}
              tls_config: {ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem}
              file_sd_configs: [{files: [broken.json, none.json, '[.json']}]
            - job_name: b
              bearer_token_file: token
              kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
            remote_write: [{url: 'http://h/', basic_auth: {username: u, password_file: p}}]
            """);

    assertThat(check(false, config)).isEqualTo(ExitCode.FINDING);
    out.reset();
    assertThat(check(false, "--syntax-only", config)).isEqualTo(ExitCode.OK);

    assertThat(out()).isEqualTo("ok: " + config + ": 2 jobs\n1 file: 0 errors, 0 warnings\n");
  }

  /** JSON can write half of a surrogate pair, which Prometheus reads as U+FFFD. */
  @Test
  void targetFilesWithHalvesOfSurrogatePairsAreReadAsTargetsReadsThem() throws IOException {
    file(
        "half.json",
        "[{\"targets\":[\"h\\ud800:1\"],\"labels\":{\"a\":\"b\\ud83d\",\"c\":\"\\ud83d\\ude00\"}}]");
    String config =
        file("p.yml", "scrape_configs: [{job_name: a, file_sd_configs: [{files: [half.json]}]}]");
    assertThat(check(false, config)).as(out()).isEqualTo(ExitCode.OK);

    ByteArrayOutputStream targets = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(targets, true, StandardCharsets.UTF_8);
    assertThat(Main.run(new Console(stream, stream, false, false, 0), "targets", config))
        .isEqualTo(ExitCode.OK);
    assertThat(targets.toString(StandardCharsets.UTF_8))
        .contains("http://h%EF%BF%BD:1/metrics", "a=\"b\ufffd\"", "c=\"\ud83d\ude00\"");
  }

  @Test
  void syntaxOnlyReportsEveryOtherMistake() throws IOException {
    String config =
        file(
            "bad.yml",
            """
            scrape_config_files: ['a*/b.yml']
            scrape_configs:
            - job_name: a
              tls_config: {cert_file: cert.pem}
              file_sd_configs: [{files: [targets.txt]}]
            - job_name: a
              static_configs: [{targets: ['http://h:1']}]
            """);

    assertThat(check(false, "--syntax-only", config)).isEqualTo(ExitCode.FINDING);

    assertThat(out())
        .contains(
            "bad.yml:1:23: scrape_config_files[0]: invalid scrape config file path",
            "bad.yml:4:15: scrape_configs[0].tls_config: exactly one of key or key_file",
            "targets.txt",
            "bad.yml:6:13: scrape_configs[1].job_name",
            "http://h:1");
  }

  private int checkInput(byte[] content, String... args) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(content));
    try {
      return check(false, args);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aDashIsStandardInputWithExcerpts() throws IOException {
    String good = file("good.yml", GOOD);

    assertThat(checkInput(BAD.getBytes(StandardCharsets.UTF_8), "-", good))
        .isEqualTo(ExitCode.FINDING);

    assertThat(out())
        .contains(
            "error: standard input:4:11: scrape_configs[0].kubernetes_sd_configs[0].role: ",
            "  4 |   - role: pods\n    |           ^\n",
            "ok: " + good + ": 1 job\n2 files: 2 errors, 0 warnings\n");
  }

  @Test
  void pathsInStandardInputAreRelativeToTheCurrentFolder() {
    String config =
        "scrape_configs: [{job_name: a, file_sd_configs: [{files: ['no/such.json']}]}]\n";

    checkInput(config.getBytes(StandardCharsets.UTF_8), "-", "-o", "json");

    assertThat(out()).contains("file \\\"no/such.json\\\" does not exist");
  }

  @Test
  void standardInputHasANameInJsonAndSarif() throws IOException {
    byte[] bad = BAD.getBytes(StandardCharsets.UTF_8);
    checkInput(bad, "-", "-o", "json");
    JsonNode entry = JSON.readTree(out()).get(0);
    assertThat(entry.get("file").asText()).isEqualTo("standard input");
    assertThat(entry.at("/problems/0/file").asText()).isEqualTo("standard input");
    assertThat(entry.get("problems")).hasSize(2);

    out.reset();
    checkInput(bad, "-", "-o", "sarif");
    assertThat(
            JSON.readTree(out())
                .at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation"))
        .isEqualTo(JSON.readTree("{\"uri\": \"standard%20input\"}"));
  }

  @Test
  void standardInputThatIsTooLargeIsAProblem() {
    byte[] large = new byte[ConfigLoader.MOST_BYTES + 1];
    Arrays.fill(large, (byte) '\n');

    assertThat(checkInput(large, "-")).isEqualTo(ExitCode.FINDING);

    assertThat(out())
        .startsWith(
            "error: standard input:1:1: the file is too large (expected: at most 33554432 bytes)");
  }

  private JsonNode artifact(String file) {
    Problem problem =
        new Problem(
            Problem.Severity.WARNING, ProblemKind.NO_EFFECT, new Position(file, 1, 1), "", "m");
    JsonNode document = JSON.valueToTree(SarifDocument.of("1.0", List.of(problem), folder));
    assertThat(document.at("/runs/0/results/0/level").asText()).isEqualTo("warning");
    return document.at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation");
  }
}
