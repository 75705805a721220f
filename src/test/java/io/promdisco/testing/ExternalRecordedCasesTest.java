package io.promdisco.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.testing.RecordedCases.RecordedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases outside the repository are added to those that it has. */
class ExternalRecordedCasesTest {
  private static final String PROPERTY = "promdisco.shared";
  private static final Path OWN = Path.of("src/test/conformance");

  @TempDir private Path shared = Path.of("");
  private final String before = System.getProperty(PROPERTY, "");

  @BeforeEach
  void lookOutside() throws IOException {
    System.setProperty(PROPERTY, shared.toString());
    Files.createDirectories(shared.resolve("conformance"));
  }

  @AfterEach
  void lookWhereItWas() {
    if (before.isEmpty()) {
      System.clearProperty(PROPERTY);
    } else {
      System.setProperty(PROPERTY, before);
    }
  }

  @Test
  void aFolderIsAddedIfItsNameOrAFileInItIsNew() throws IOException {
    int own = RecordedCases.folders("kubernetes", "cluster.yaml").all().size();
    copy("kubernetes/02-pod-host-network-and-ephemeral", "kubernetes/same-as-02");
    copy("kubernetes/04-pod-readiness", "kubernetes/04-pod-readiness");
    copy(
        "kubernetes/06-pod-address-from-annotations", "kubernetes/06-pod-address-from-annotations");
    write("kubernetes/04-pod-readiness/about.md", "a page for readers");
    write("kubernetes/06-pod-address-from-annotations/config.yml", "scrape_configs: []");
    write("kubernetes/no-case/config.yml", "scrape_configs: []");

    List<Path> all = RecordedCases.folders("kubernetes", "cluster.yaml").all();

    assertThat(all.subList(own, all.size()))
        .containsExactly(
            outside("kubernetes/06-pod-address-from-annotations"),
            outside("kubernetes/same-as-02"));
  }

  @Test
  void aLineIsAddedIfItsIdOrItsContentIsNew() throws IOException {
    RecordedCases<JsonNode> own = RecordedCases.lines("relabel/random.jsonl");
    String first = own.all().get(0).toString();
    String id = own.all().get(1).get("id").asText();
    String changed = "{\"id\": \"" + id + "\", \"outcome\": \"drop\"}";
    write("relabel/random.jsonl", first + "\n" + changed + "\n{\"id\": \"new\"}\n");

    RecordedCases<JsonNode> all = RecordedCases.lines("relabel/random.jsonl");

    List<JsonNode> added = all.all().subList(own.all().size(), all.all().size());
    assertThat(added)
        .extracting(line -> line.get("id").asText())
        .containsExactlyInAnyOrder(id, "new");
  }

  @Test
  void aFileIsAddedIfItsNameItsBytesOrItsAnswerIsNew() throws IOException {
    int own = RecordedCases.answers("reports/yaml").all().size();
    for (String name : List.of("oci-p.yml", "tabs-anchor-tab.yml", "yaml-doc2.yml")) {
      copy("reports/yaml/" + name, "reports/yaml/" + name);
    }
    write("reports/yaml/new.yml", "");
    write("reports/yaml/yaml-doc2.yml", "global: {}");
    StringBuilder expected = new StringBuilder("{\"new.yml\": {\"valid\": true}");
    for (RecordedFile file : RecordedCases.answers("reports/yaml")) {
      switch (file.file()) {
        case "oci-p.yml" -> expected.append(", \"oci-p.yml\": {\"valid\": true}");
        case "tabs-anchor-tab.yml", "yaml-doc2.yml" ->
            expected.append(", \"" + file.file() + "\": " + file.answer());
        default -> {}
      }
    }
    write("reports/yaml/expected.json", expected + "}");

    List<RecordedFile> all = RecordedCases.answers("reports/yaml").all();

    assertThat(all.subList(own, all.size()))
        .extracting(RecordedFile::file)
        .containsExactly("new.yml", "oci-p.yml", "yaml-doc2.yml");
  }

  @Test
  void aSuiteWithoutCasesFails() {
    assertThatThrownBy(() -> RecordedCases.folders("nothing", "cluster.yaml"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("src/test/conformance/nothing: no recorded case");
    assertThatThrownBy(() -> RecordedCases.lines("relabel/nothing.jsonl"))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> RecordedCases.answers("nothing")).isInstanceOf(AssertionError.class);
  }

  @Test
  void aSuiteThatRunsNoneOfItsCasesFails() {
    RecordedCases<Path> cases = RecordedCases.files("sd", ".json");

    assertThatThrownBy(() -> cases.printSummary("nobody"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("conformance/sd, nobody: 0 of ");
  }

  private Path outside(String name) {
    return shared.resolve("conformance").resolve(name);
  }

  private void write(String name, String text) throws IOException {
    Path file = outside(name);
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private void copy(String from, String to) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(OWN.resolve(from))) {
      paths.filter(Files::isRegularFile).forEach(all::add);
    }
    for (Path file : all) {
      Path copy = outside(to).resolve(OWN.resolve(from).relativize(file).toString());
      if (Files.isDirectory(OWN.resolve(from))) {
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      } else {
        Files.createDirectories(outside(to).getParent());
        Files.copy(file, outside(to));
      }
    }
  }
}
