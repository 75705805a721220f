package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.offline.ManifestReader;
import io.promdisco.offline.ManifestWriter;
import io.promdisco.providers.kubernetes.client.decode.JsonDecoder;
import io.promdisco.providers.kubernetes.object.PodView;
import io.promdisco.providers.kubernetes.object.Resource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** {@code --manifests} reads what a dump writes, for any labels and annotations. */
class DumpPropertyTest {
  private static final String[] LIKE_OTHER_TYPES = {
    "",
    "~",
    "null",
    "Null",
    "true",
    "False",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "N",
    "<<",
    "=",
    "-",
    "1_000",
    "0x1F",
    "0o17",
    "010",
    "08",
    ".5",
    "+1",
    "-.inf",
    ".NaN",
    "1e3",
    "12e4567",
    "81e1119",
    "1234567890123456789012345678901234567e89",
    "0b1",
    "123456789012345678901234567890",
    "1.10",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "12:30:45",
    "!!str a",
    "&a",
    "*a",
    "|",
    ">",
    "%YAML",
    "@",
    "`",
    "---",
    "...",
    "? a",
    "- a",
    "a: b",
    "a #b",
    "#a",
    "'",
    "\"",
    "\\",
    "{}",
    "[]",
    "{{a}}",
    "a\n",
    "\na",
    "a\n\nb",
    "a \n b",
    " a",
    "a ",
    "\ta",
    "a\t",
    "a\r\nb",
    "a\rb",
    "\u0000",
    "\u001b[31m",
    "\u007f",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufeffa",
    "\ufffe",
    "\uffff",
    "\ud83d\ude00",
    "\ud800\udf48 \u00e4"
  };

  private static Path folder = Path.of("");

  @BeforeContainer
  static void folder() throws IOException {
    folder = Files.createTempDirectory("dump");
  }

  @AfterContainer
  static void delete() throws IOException {
    for (String name : List.of("dump.yaml", "dump.json")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> any =
        Arbitraries.strings()
            .withCharRange('\u0000', '\ud7ff')
            .withCharRange('\ue000', '\uffff')
            .ofMaxLength(40);
    Arbitrary<String> ascii = Arbitraries.strings().ascii().ofMaxLength(300);
    Arbitrary<String> digits =
        Arbitraries.strings().withChars("0123456789_.:-+xobeEafn~").ofMaxLength(40);
    Arbitrary<String> odd = Arbitraries.of(LIKE_OTHER_TYPES);
    Arbitrary<String> joined = odd.list().ofMaxSize(4).map(parts -> String.join("", parts));
    return Arbitraries.oneOf(any, ascii, digits, odd, joined);
  }

  @Provide
  Arbitrary<Map<String, String>> maps() {
    return Arbitraries.maps(texts().filter(key -> !key.isEmpty()), texts()).ofMaxSize(5);
  }

  private static ObjectNode pod(Map<String, String> labels, Map<String, String> annotations) {
    ObjectNode pod = JsonNodeFactory.instance.objectNode();
    pod.put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode meta = pod.putObject("metadata").put("name", "p").put("namespace", "d");
    ObjectNode written = meta.putObject("labels");
    labels.forEach(written::put);
    ObjectNode notes = meta.putObject("annotations");
    annotations.forEach(notes::put);
    return pod;
  }

  private static List<ObjectNode> dumpedAndRead(ObjectNode object, StructuredPrinter.Form form)
      throws Exception {
    Path file = folder.resolve(form == StructuredPrinter.Form.JSON ? "dump.json" : "dump.yaml");
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      DumpCommand.write(List.of(object), form, out);
    }
    return ManifestReader.read(List.of(file));
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void everyLabelAndAnnotationIsTheSameAfterADump(
      @ForAll("maps") Map<String, String> labels,
      @ForAll("maps") Map<String, String> annotations,
      @ForAll StructuredPrinter.Form form)
      throws Exception {
    PodView pod = JsonDecoder.decode(Resource.PODS, pod(labels, annotations));

    List<ObjectNode> read = dumpedAndRead(ManifestWriter.of(Resource.PODS, pod), form);

    assertThat(read).hasSize(1);
    assertThat(JsonDecoder.decode(Resource.PODS, read.get(0))).isEqualTo(pod);
    assertThat(pod.meta().labels().toMap()).isEqualTo(labels);
    assertThat(pod.meta().annotations().toMap()).isEqualTo(annotations);
  }
}
