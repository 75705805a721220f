package io.promdisco.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.LiveTable;
import io.promdisco.cli.output.TargetRow;
import io.promdisco.cli.output.TargetTable;
import io.promdisco.cli.output.TerminalText;
import io.promdisco.model.Labels;
import io.promdisco.testing.FakeServer;
import io.promdisco.util.PrintableText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Text in clusters, files and answers cannot control the terminal. */
class HostileTextTest {
  private static final String HOSTILE =
      "x\u001b]0;title\u0007\u001b[2J\u009b31m\u0085\r\nforged: line\u2028\u2029\u202e\u2066\u200b"
          + "\u200f\u007f\u3164\ufe0f\udb40\udc41y";

  private static final Pattern OUR_COLOURS = Pattern.compile("\u001b\\[(0|1|2|31|32|33|36)m");

  @TempDir private Path folder = Path.of("");
  private final ObjectMapper json = new ObjectMapper();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String config = "";
  private String other = "";
  private String cluster = "";

  private int run(boolean color, String... args) {
    out.reset();
    err.reset();
    return Main.run(
        new Console(
            new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), color, color, 0),
        args);
  }

  private String out() {
    return out.toString(UTF_8);
  }

  @BeforeEach
  void write() throws IOException {
    cluster = write("cluster.json", json.writeValueAsString(pods()));
    write(
        "hosts\u001b[31m.json",
        json.writeValueAsString(
            List.of(Map.of("targets", List.of("h:1"), "labels", Map.of("k", HOSTILE)))));
    config = write("config.yml", configuration("annotation"));
    other = write("other.yml", configuration("label"));
  }

  private String configuration(String what) {
    return """
    scrape_configs:
    - job_name: %1$s
      kubernetes_sd_configs: [{role: pod}]
      relabel_configs:
      - {action: labelmap, regex: __meta_kubernetes_pod_%2$s_(.+)}
      - {source_labels: [__meta_kubernetes_pod_label_app], regex: dropme, action: drop}
      - {target_label: rule, replacement: %1$s}
    - job_name: files
      file_sd_configs: [{files: [%3$s]}]
    """
        .formatted(quoted(HOSTILE), what, folder + "/hosts*.json");
  }

  /** Returns text as YAML, with escapes for everything that is not ASCII. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> out.append(c > ' ' && c < 0x7f ? "" + (char) c : String.format("\\U%08x", c)));
    return out.append('"').toString();
  }

  private ObjectNode pods() {
    ObjectNode list = json.createObjectNode().put("apiVersion", "v1").put("kind", "List");
    for (String name : List.of("web-0", "bad\u001b[2J\u202e")) {
      ObjectNode pod = list.withArray("items").addObject();
      pod.put("apiVersion", "v1").put("kind", "Pod");
      ObjectNode meta = pod.putObject("metadata").put("name", name).put("namespace", "shop");
      meta.putObject("labels").put("app", name.equals("web-0") ? "web" : "dropme");
      meta.putObject("annotations").put("team", HOSTILE);
      ObjectNode container = pod.putObject("spec").putArray("containers").addObject();
      container.put("name", HOSTILE).put("image", HOSTILE);
      container.putArray("ports").addObject().put("name", HOSTILE).put("containerPort", 80);
      pod.putObject("status").put("phase", "Running").put("podIP", "10.0.0.1");
    }
    return list;
  }

  private String write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private void assertHarmless(String... args) {
    for (boolean color : new boolean[] {false, true}) {
      run(color, args);
      for (ByteArrayOutputStream stream : List.of(out, err)) {
        String text = OUR_COLOURS.matcher(stream.toString(UTF_8)).replaceAll("");
        if (color && stream == err) {
          text = text.replaceAll("\r[^\r\u001b]*\u001b\\[K", ""); // the progress line
        }
        assertThat(text.codePoints().filter(c -> c != '\n' && PrintableText.isHidden(c)).toArray())
            .as("%s: %s", String.join(" ", args), text)
            .isEmpty();
        assertThat(text.lines()).noneMatch(line -> line.startsWith("forged"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "wide", "json", "yaml", "http-sd", "prometheus"})
  void targetsPrintsNoControlCharacters(String output) {
    assertHarmless("targets", config, "--manifests", cluster, "--state", "any", "--output", output);
    assertThat(out()).contains("forged");
  }

  @Test
  void explainPrintsNoControlCharacters() {
    assertHarmless("explain", config, "pod/shop/web-0", "--manifests", cluster);
    assertThat(out()).contains("forged");
    assertHarmless("explain", config, "pod/shop/" + HOSTILE, "--manifests", cluster);
    assertHarmless("explain", config, "pod/shop/web-0", "--manifests", cluster, "-o", "json");
  }

  @Test
  void diffPrintsNoControlCharacters() {
    assertHarmless("diff", config, other, "--manifests", cluster);
    assertThat(out()).contains("forged");
    assertHarmless("diff", config, other, "--manifests", cluster, "--output", "yaml");
  }

  @Test
  void rbacAndDumpPrintNoControlCharacters() {
    assertHarmless("rbac", config);
    assertHarmless("rbac", config, "--output", "json");
    assertHarmless("dump", config, "--manifests", cluster);
    assertHarmless("dump", config, "--manifests", cluster, "--output", "json");
  }

  @Test
  void checkPrintsNoControlCharacters() throws IOException {
    String broken =
        write(
            "broken.yml",
            "scrape_configs:\n- job_name: a\u202e\u200bb\u009b\n  nonsense\u202e: \u2066 1\n"
                + "- job_name: c\n  metrics_path: "
                + quoted(HOSTILE)
                + "\n  scheme: "
                + quoted(HOSTILE)
                + "\n");
    assertHarmless("check", broken);
    assertThat(out()).contains("\\u202e");
    assertHarmless("check", broken, "--output", "json");
    assertHarmless("check", broken, "--output", "sarif");
    write("hosts\u001b[31m.json", "[{\"" + "\\u001b[31m\\u202e" + "\": 1}]");
    assertHarmless("check", config);
    assertThat(out()).contains("\\x1b");
  }

  @Test
  void testsPrintNoControlCharacters() throws IOException {
    String tests =
        write(
            "tests.yml",
            """
            config: config.yml
            manifests: [cluster.json]
            tests:
            - name: %s
              targets:
              - job: %s
                labels: {instance: "10.0.0.1:80", team: %s}
            """
                .formatted(quoted(HOSTILE), quoted(HOSTILE), quoted(HOSTILE + "other")));
    assertHarmless("test", tests);
    assertHarmless("test", tests, "--output", "json");
  }

  @Test
  void aReportOfTestsIsXmlWhateverTheNamesAre() throws Exception {
    String tests =
        write(
            "tests.yml",
            "config: config.yml\nmanifests: [cluster.json]\ntests:\n- name: "
                + quoted(HOSTILE)
                + "\n  targets:\n  - job: "
                + quoted(HOSTILE)
                + "\n    labels: {team: other}\n");
    Path report = folder.resolve("report.xml");
    run(false, "test", tests, "--junit", report.toString());
    String text = Files.readString(report);
    assertThat(text.codePoints().filter(c -> c != '\n' && c < ' ').toArray()).isEmpty();
    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
  }

  @Test
  void errorsPrintNoControlCharacters() {
    assertHarmless("targets", folder + "/" + "no\u001b[31m\u202e\nfile.yml");
    assertHarmless("check", folder + "/" + "no\u001b[31m\u202e\nfile.yml");
    assertHarmless("targets", config, "--no-such\u001b[31m\n");
    assertHarmless("targets", config, "--where", "\u001b[31m=(");
    assertHarmless("nonsense\u001b[31m\n");
  }

  @Test
  void answersOfServersPrintNoControlCharacters() throws IOException {
    try (FakeServer key = answering("[{\"\\u001b[31m\\nforged\\u202e\": 1}]");
        FakeServer value = answering("[{\"targets\": [\"a\\u001b[31m\\nforged\", 5]}]")) {
      String http =
          write(
              "http.yml",
              """
              scrape_configs:
              - {job_name: a, http_sd_configs: [{url: '%s'}]}
              - {job_name: b, http_sd_configs: [{url: '%s'}]}
              """
                  .formatted(key.url(), value.url()));
      assertHarmless("targets", http, "--timeout", "2s");
      assertThat(err.toString(UTF_8))
          .contains("error: ", key.url() + ": ", value.url() + ": ", "forged");
    }
  }

  private static FakeServer answering(String json) {
    return FakeServer.start(FakeServer.json(200, json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "yaml"})
  void documentsGiveProgramsTheExactText(String output) throws IOException {
    assertThat(run(false, "targets", config, "--manifests", cluster, "--output", output)).isZero();
    String text = out();
    Object read =
        output.equals("json") ? json.readValue(text, Object.class) : new Yaml().load(text);
    JsonNode targets = json.valueToTree(read);
    assertThat(targets.findValuesAsText("team")).contains(HOSTILE);
    assertThat(targets.findValuesAsText("k")).containsOnly(HOSTILE);
    assertThat(targets.get(0).get("job").asText()).isEqualTo("files");
    assertThat(targets.get(1).get("job").asText()).isEqualTo(HOSTILE);
  }

  @Test
  void columnsLineUpByWhatIsShown() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(bytes, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            false,
            false,
            0);
    new TargetTable(console, false)
        .print(List.of(row("a\u202eb", "h1"), row("東京", "h2"), row("plain", "h3")));
    List<String> lines = bytes.toString(UTF_8).lines().toList();
    assertThat(lines.subList(1, 4).stream().map(line -> line.indexOf("active")))
        .containsExactly(10, 8, 10);
    LiveTable live = new LiveTable();
    live.show(List.of(row("a\u202eb\u001b[2J", "h1"), row("東京", "h2")));
    assertThat(live.lines(40, 10)).allMatch(line -> TerminalText.of(line) <= 40);
    assertThat(live.lines(200, 10).toString()).contains("a\\u202eb\\x1b[2J");
  }

  private static TargetRow row(String job, String host) {
    Labels labels = Labels.of("instance", host, "job", job);
    return new TargetRow(job, true, "http://" + host, labels, Labels.EMPTY, "30s", "10s");
  }
}
