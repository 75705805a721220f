package io.promdisco.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestsTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private JsonNode document(String yaml) throws Exception {
    return Manifests.documents(file("one.yaml", yaml)).get(0);
  }

  @Test
  void scalarsAreTypedAsKubectlDoes() throws Exception {
    JsonNode json =
        document(
            """
            text: web
            quoted: '8080'
            double: "true"
            port: 8080
            negative: -3
            plus: +3
            octal: 0644
            newOctal: 0o17
            hex: 0x1F
            version: 1.10
            big: 123456789012345678901234567890
            yes: true
            no: False
            nothing: ~
            nil: null
            empty:
            time: 2026-10-01T08:00:00Z
            ip: 10.0.0.1
            dash: '-'
            block: |
              a
              b
            on: on
            sci: 1e3
            dot: .
            """);
    assertThat(json.get("text").textValue()).isEqualTo("web");
    assertThat(json.get("quoted").textValue()).isEqualTo("8080");
    assertThat(json.get("double").textValue()).isEqualTo("true");
    assertThat(json.get("port").longValue()).isEqualTo(8080);
    assertThat(json.get("port").isIntegralNumber()).isTrue();
    assertThat(json.get("negative").longValue()).isEqualTo(-3);
    assertThat(json.get("plus").longValue()).isEqualTo(3);
    assertThat(json.get("octal").longValue()).isEqualTo(420);
    assertThat(json.get("newOctal").longValue()).isEqualTo(15);
    assertThat(json.get("hex").longValue()).isEqualTo(31);
    assertThat(json.get("version").asText()).isEqualTo("1.10");
    assertThat(json.get("big").asText()).isEqualTo("123456789012345678901234567890");
    assertThat(json.get("yes").booleanValue()).isTrue();
    assertThat(json.get("no").isBoolean()).isTrue();
    assertThat(json.get("nothing").isNull()).isTrue();
    assertThat(json.get("nil").isNull()).isTrue();
    assertThat(json.get("empty").isNull()).isTrue();
    assertThat(json.get("time").textValue()).isEqualTo("2026-10-01T08:00:00Z");
    assertThat(json.get("ip").textValue()).isEqualTo("10.0.0.1");
    assertThat(json.get("dash").textValue()).isEqualTo("-");
    assertThat(json.get("block").textValue()).isEqualTo("a\nb\n");
    assertThat(json.get("on").textValue()).isEqualTo("on");
    assertThat(json.get("sci").isNumber()).isTrue();
    assertThat(json.get("dot").textValue()).isEqualTo(".");
  }

  @Test
  void anchorsAndMergeKeysWork() throws Exception {
    JsonNode json =
        document(
            """
            base: &base {a: 1, b: 2}
            copy: *base
            merged:
              b: 3
              <<: *base
              c: 4
            """);
    assertThat(json.get("copy")).isEqualTo(json.get("base"));
    assertThat(json.get("merged").get("a").longValue()).isEqualTo(1);
    assertThat(json.get("merged").get("b").longValue()).isEqualTo(3);
    assertThat(json.get("merged").get("c").longValue()).isEqualTo(4);
  }

  @Test
  void aliasesCannotFillTheMemory() throws Exception {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      String alias = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + alias + ("," + alias).repeat(9) + "]\n");
    }
    Path file = file("bomb.yaml", bomb.toString());
    assertThatThrownBy(() -> Manifests.documents(file))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("aliases: more than");
  }

  @Test
  void severalDocumentsListsAndTypedListsAreRead() throws Exception {
    file(
        "b.yaml",
        """
        ---
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: Pod, metadata: {name: p1, namespace: a}, status: {podIP: 10.0.0.1}}
        - {apiVersion: apps/v1, kind: Deployment, metadata: {name: unknown}}
        ---
        # nothing
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSliceList
        items:
        - metadata: {name: s1, namespace: a}
        """);
    file(
        "sub/a.json",
        """
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"}}
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"n2"}}
        """);
    file("notes.txt", "kind: nonsense: :");
    file(".hidden.yaml", "kind: nonsense: :");
    List<ObjectNode> objects = Manifests.read(List.of(folder));
    assertThat(objects).extracting(Objects::name).containsExactly("p1", "s1", "n1", "n2");
    assertThat(Json.text(objects.get(0), "status", "podIP")).isEqualTo("10.0.0.1");
    assertThat(Json.text(objects.get(1), "kind")).isEqualTo("EndpointSlice");
    assertThat(Json.text(objects.get(1), "apiVersion")).isEqualTo("discovery.k8s.io/v1");
  }

  @Test
  void aBraceMayAlsoBeginYaml() throws Exception {
    Path file = file("flow.yaml", "{apiVersion: v1, kind: Node, metadata: {name: n}}\n");
    assertThat(Manifests.read(List.of(file))).hasSize(1);
  }

  @Test
  void everyBrokenFileIsNamedWithLineAndDocument() throws Exception {
    Path yaml =
        file(
            "broken.yaml",
            """
            apiVersion: v1
            kind: Node
            metadata: {name: n}
            ---
            apiVersion: v1
            kind: [Pod
            metadata:
            """);
    Path json = file("broken.json", "{\"kind\": \"Node\"}\n{\"kind\":\n \"Node\",, }");
    Path nameless = file("nameless.yaml", "\n\napiVersion: v1\nkind: Pod\nmetadata: {}\n");
    Path text = file("text.yaml", "just words\n");
    Path missing = folder.resolve("missing.yaml");
    assertThatThrownBy(() -> Manifests.read(List.of(yaml, json, nameless, text, missing)))
        .isInstanceOfSatisfying(
            ManifestException.class,
            e -> {
              assertThat(e.problems()).hasSize(6);
              assertThat(e.problems().get(0)).startsWith(yaml + ":7: document 2: ");
              assertThat(e.problems().get(1)).startsWith(json + ":3: document 2: ");
              assertThat(e.problems().get(2)).startsWith(json + ":1: document 1: apiVersion: ");
              assertThat(e.problems().get(3))
                  .startsWith(nameless + ":3: document 1: metadata.name: missing");
              assertThat(e.problems().get(4)).startsWith(text + ":1: document 1: STRING");
              assertThat(e.problems().get(5)).startsWith(missing + ": cannot be read");
            });
  }

  @Test
  void nothingInAnItemMayBeForgotten() throws Exception {
    Path file = file("list.yaml", "apiVersion: v1\nkind: List\nitems:\n- {kind: Pod}\n");
    assertThatThrownBy(() -> Manifests.read(List.of(file)))
        .hasMessageContaining("items[0]: apiVersion: missing");
  }
}
