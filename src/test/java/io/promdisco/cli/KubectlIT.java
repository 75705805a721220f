package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.offline.ManifestReader;
import io.promdisco.testing.SkipReason;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares manifests of kubectl with those of a dump. Needs {@code kubectl} on the path and a real
 * API server with full permissions, which the property {@code promdisco.kubeconfig} names.
 */
class KubectlIT {
  private static final String KUBECONFIG = System.getProperty("promdisco.kubeconfig", "");
  private static final List<String> ODD =
      List.of(
          "",
          "~",
          "null",
          "true",
          "yes",
          "No",
          "on",
          "y",
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
          "1e3",
          "12e4567",
          "81e1119",
          "0b1",
          "1.10",
          "2026-01-01",
          "12:30:45",
          "a: b",
          "a #b",
          "'",
          "\"",
          "\\",
          "a\n",
          "\na",
          "a \n b",
          " a",
          "a ",
          "\ta",
          "a\r\nb",
          "\u001b[31m",
          "\u00a0",
          "\u2028",
          "\ufeff",
          "\ud83d\ude00",
          "0x52908400098527886E0F7030069857D2E4169EE7",
          "1234567890123456789012345678901234567e89",
          "123456789012345678901234567890",
          ":",
          "? a");

  /** kubectl reads these, but does not write them as YAML, or writes a blank. */
  private static final List<String> NOT_WRITTEN = List.of("\u007f", "\u0085", "\ufffe", "\uffff");

  @TempDir private Path folder = Path.of("");
  private final ObjectMapper json = new ObjectMapper();
  private boolean created;
  private final String namespace = "manifests-" + UUID.randomUUID();

  @BeforeEach
  void namespace() throws Exception {
    assumeFalse(KUBECONFIG.isEmpty(), SkipReason.API_SERVER);
    assumeTrue(hasKubectl(), SkipReason.KUBECTL);
    created = true;
    kubectl("create", "namespace", namespace);
  }

  @AfterEach
  void delete() throws Exception {
    if (created) {
      kubectl("delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0");
      kubectl("delete", "namespace", namespace, "--wait=false");
    }
  }

  private static boolean hasKubectl() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
  }

  /** Runs kubectl; returns a file with its output. */
  private Path kubectl(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", KUBECONFIG));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(String.join(" ", args)).isTrue();
    assertThat(process.exitValue()).as(() -> text(err)).isZero();
    return out;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Returns a pod whose annotations are unusual texts, and texts that look like numbers. */
  private ObjectNode pod(List<String> texts) {
    ObjectNode pod = json.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode meta = pod.putObject("metadata").put("name", "odd").put("namespace", namespace);
    ObjectNode labels = meta.putObject("labels");
    ObjectNode annotations = meta.putObject("annotations");
    int number = 0;
    for (String text : texts) {
      annotations.put("odd-" + number++, text);
      if (text.matches("[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")) {
        labels.put(text, text);
      }
    }
    Random random = new Random(15);
    for (int i = 0; i < 500; i++) {
      StringBuilder digits = new StringBuilder();
      for (int length = 1 + random.nextInt(40); length > 0; length--) {
        digits.append("0123456789abcdefxob_.:+-~".charAt(random.nextInt(25)));
      }
      annotations.put("digits-" + i, digits.toString());
    }
    pod.putObject("spec").putArray("containers").addObject().put("name", "c").put("image", "c:1");
    return pod;
  }

  private static void same(JsonNode read, ObjectNode pod) {
    for (String field : List.of("labels", "annotations")) {
      Map<String, String> expected = new TreeMap<>();
      pod.at("/metadata/" + field)
          .properties()
          .forEach(entry -> expected.put(entry.getKey(), entry.getValue().textValue()));
      Map<String, String> found = new TreeMap<>();
      read.at("/metadata/" + field)
          .properties()
          .forEach(entry -> found.put(entry.getKey(), entry.getValue().textValue()));
      assertThat(found).containsAllEntriesOf(expected).hasSameSizeAs(expected);
    }
  }

  @Test
  void whatKubectlWritesIsReadAsTheServerHasIt() throws Exception {
    ObjectNode pod = pod(ODD);
    kubectl("create", "-f", dump(pod).toString());

    for (String form : List.of("yaml", "json")) {
      for (String what : List.of("pod/odd", "pods")) {
        List<ObjectNode> read =
            ManifestReader.read(List.of(kubectl("get", what, "-n", namespace, "-o", form)));
        assertThat(read).hasSize(1);
        same(read.get(0), pod);
      }
    }
  }

  @Test
  void whatADumpWritesIsReadByKubectlAsItIs() throws Exception {
    ObjectNode pod = pod(Stream.concat(ODD.stream(), NOT_WRITTEN.stream()).toList());

    Path read =
        kubectl(
            "create",
            "--dry-run=client",
            "--validate=false",
            "-o",
            "json",
            "-f",
            dump(pod).toString());

    same(json.readTree(read.toFile()), pod);
  }

  private Path dump(ObjectNode pod) throws IOException {
    Path dump = folder.resolve("dump.yaml");
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(dump), false, StandardCharsets.UTF_8)) {
      DumpCommand.write(List.of(pod), StructuredPrinter.Form.YAML, out);
    }
    return dump;
  }
}
