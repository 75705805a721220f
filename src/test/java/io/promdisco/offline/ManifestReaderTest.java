package io.promdisco.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.providers.kubernetes.watch.WatchScope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestReaderTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private JsonNode document(String yaml) throws Exception {
    return ManifestReader.documents(file("one.yaml", yaml)).get(0);
  }

  @Test
  void anchorsAndMergeKeysWork() throws Exception {
    JsonNode json =
        document(
            """
            base: &base {a: 1, b: 2}
            copy: *base
            merged:
              <<: *base
              b: 3
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
    assertThatThrownBy(() -> ManifestReader.documents(file))
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
    List<ObjectNode> objects = ManifestReader.read(List.of(folder));
    assertThat(objects)
        .extracting(ManifestReaderTest::name)
        .containsExactly("p1", "s1", "n1", "n2");
    assertThat(KubernetesJson.text(objects.get(0), "status", "podIP")).isEqualTo("10.0.0.1");
    assertThat(KubernetesJson.text(objects.get(1), "kind")).isEqualTo("EndpointSlice");
    assertThat(KubernetesJson.text(objects.get(1), "apiVersion")).isEqualTo("discovery.k8s.io/v1");
  }

  @Test
  void aBraceMayAlsoBeginYaml() throws Exception {
    Path file = file("flow.yaml", "{apiVersion: v1, kind: Node, metadata: {name: n}}\n");
    assertThat(ManifestReader.read(List.of(file))).hasSize(1);
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
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "a: 1\nb: \u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
    Path missing = folder.resolve("missing.yaml");
    assertThatThrownBy(() -> ManifestReader.load(List.of(yaml, json, latin, missing)))
        .isInstanceOfSatisfying(
            ManifestException.class,
            e -> {
              assertThat(e.problems()).hasSize(5);
              assertThat(e.problems().get(0)).startsWith(yaml + ":7: document 2: ");
              assertThat(e.problems().get(1)).startsWith(json + ":3: document 2: ");
              assertThat(e.problems().get(2))
                  .isEqualTo(latin + ":2: document 1: not UTF-8 (expected: UTF-8)");
              assertThat(e.problems().get(3))
                  .isEqualTo(missing + ": cannot be read (no such file)");
              assertThat(e.problems().get(4))
                  .isEqualTo(json + ":1: apiVersion: missing (expected: as in a kubectl manifest)");
            });
  }

  private ManifestReader.Contents load(String name, String text) throws Exception {
    return ManifestReader.load(List.of(file(name, text)));
  }

  private static List<String> problems(ManifestReader.Contents contents) {
    return contents.leftOut().stream()
        .map(ManifestReader.LeftOut::problem)
        .map(problem -> problem.substring(problem.lastIndexOf('/', problem.indexOf(": ")) + 1))
        .toList();
  }

  @Test
  void kindsInAnotherCaseOrNumberAreNamedAsLeftOut() throws Exception {
    ManifestReader.Contents contents =
        load(
            "kinds.yaml",
            """
            {apiVersion: v1, kind: pod, metadata: {name: a, namespace: shop}}
            ---
            {apiVersion: v1, kind: Pods, metadata: {name: b}}
            ---
            {apiVersion: v1, kind: Endpoint, metadata: {name: c}}
            ---
            {apiVersion: networking.k8s.io/v1beta1, kind: Ingresses, metadata: {name: d}}
            ---
            {apiVersion: extensions/v1beta1, kind: INGRESS, metadata: {name: e}}
            ---
            {apiVersion: v1, kind: list, items: [{apiVersion: v1, kind: Node, metadata: {name: f}}]}
            ---
            {apiVersion: v1, kind: podList, items: [{metadata: {name: g}}]}
            ---
            {apiVersion: v1, kind: podlist, items: [{metadata: {name: h}}]}
            ---
            {apiVersion: v1, kind: Node, metadata: {name: good}}
            """);

    assertThat(problems(contents))
        .containsExactly(
            "kinds.yaml:1: pod shop/a: kind: pod (expected: Pod)",
            "kinds.yaml:3: Pods b: kind: Pods (expected: Pod)",
            "kinds.yaml:5: Endpoint c: kind: Endpoint (expected: Endpoints)",
            "kinds.yaml:7: Ingresses d: kind: Ingresses (expected: Ingress)",
            "kinds.yaml:9: INGRESS e: kind: INGRESS (expected: Ingress)",
            "kinds.yaml:11: list: kind: list (expected: List)",
            "kinds.yaml:13: pod g: kind: pod (expected: Pod)",
            "kinds.yaml:15: podlist: kind: podlist (expected: PodList)");
    assertThat(contents.leftOut())
        .first()
        .extracting(ManifestReader.LeftOut::kind, ManifestReader.LeftOut::name)
        .containsExactly("Pod", "a");
    assertThat(contents.objects()).extracting(ManifestReaderTest::name).containsExactly("good");
  }

  @Test
  void kindsInAGroupThatDoesNotHaveThemAreNamedAsLeftOut() throws Exception {
    ManifestReader.Contents contents =
        load(
            "groups.yaml",
            """
            {apiVersion: v1, kind: Ingress, metadata: {name: a}}
            ---
            {apiVersion: apps/v1, kind: Pod, metadata: {name: b}}
            ---
            {apiVersion: extensions/v1beta1, kind: pods, metadata: {name: c}}
            """);

    assertThat(problems(contents))
        .containsExactly(
            "groups.yaml:1: Ingress a: apiVersion: v1 (expected: networking.k8s.io/v1)",
            "groups.yaml:3: Pod b: apiVersion: apps/v1 (expected: v1)",
            "groups.yaml:5: pods c: apiVersion: extensions/v1beta1 (expected: v1)");
  }

  @Test
  void kindsOfOtherGroupsMayHaveTheSameNames() throws Exception {
    ManifestReader.Contents contents =
        load(
            "others.yaml",
            """
            {apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a}}
            ---
            {apiVersion: example.com/v1, kind: pod, metadata: {name: b}}
            ---
            {apiVersion: v1, kind: PodList}
            ---
            {apiVersion: v1, kind: PodTemplate, metadata: {name: c}}
            """);

    assertThat(contents.leftOut()).isEmpty();
    assertThat(contents.objects()).isEmpty();
    assertThat(contents.warnings()).singleElement().asString().contains("4 of other kinds");
  }

  @Test
  void aMalformedObjectIsNamedAndTheOthersAreUsed() throws Exception {
    ManifestReader.Contents contents =
        load(
            "list.yaml",
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Pod
              metadata: {name: good, namespace: shop}
            - apiVersion: v1
              kind: Pod
              metadata: {name: p, namespace: shop}
              spec: {containers: [{name: c, ports: [{containerPort: "80"}]}]}
            - {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: {port: 80}}}
            - {apiVersion: v1, kind: Node, metadata: {labels: {a: [1]}, name: n1}}
            - {apiVersion: v1, kind: Node, metadata: {}}
            - {kind: Pod, metadata: {name: versionless, namespace: a}}
            - {apiVersion: v1, metadata: {name: kindless}}
            - just words
            """);

    assertThat(contents.objects()).extracting(ManifestReaderTest::name).containsExactly("good");
    assertThat(problems(contents))
        .containsExactly(
            "list.yaml:7: Pod shop/p: spec.containers[0].ports[0].containerPort: \"80\" (expected"
                + " a whole number)",
            "list.yaml:11: Service s: spec.ports: an object (expected a list)",
            "list.yaml:12: Node n1: metadata.labels.a: a list (expected a string)",
            "list.yaml:13: Node: metadata.name: missing (expected: a name)",
            "list.yaml:14: items[5]: apiVersion: missing (expected: as in a kubectl manifest)",
            "list.yaml:15: items[6]: kind: missing (expected: as in a kubectl manifest)",
            "list.yaml:1: items[7]: \"just words\" (expected: a Kubernetes object)");
    assertThatThrownBy(() -> ManifestReader.read(List.of(folder)))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("list.yaml:7: Pod shop/p: ");
  }

  @Test
  void theLineOfAnObjectInJsonIsThatOfTheObject() throws Exception {
    ManifestReader.Contents contents =
        load(
            "list.json",
            """
            {"apiVersion": "v1", "kind": "PodList", "items": [
              {"metadata": {"name": "a"}},
              {"metadata": {"name": "b"}, "status": {"podIP": ["10.0.0.1"]}}
            ]}
            """);

    assertThat(problems(contents))
        .containsExactly("list.json:3: Pod b: status.podIP: a list (expected a string)");
  }

  @Test
  void aNumberInThePlaceOfAStringIsAWarningAndItsSpellingIsUsed() throws Exception {
    ManifestReader.Contents contents =
        load(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, labels: {version: 1.10, m: 007, b: yes, sha: 81e1119, q: "1"}}
            """);

    JsonNode labels = contents.objects().get(0).at("/metadata/labels");
    assertThat(labels)
        .isEqualTo(
            KubernetesJson.read(
                "{\"version\":\"1.10\",\"m\":\"007\",\"b\":\"yes\",\"sha\":\"81e1119\",\"q\":\"1\"}"));
    assertThat(contents.warnings()).hasSize(3);
    assertThat(contents.warnings().get(1))
        .endsWith(
            "pod.yaml:1: Pod p: metadata.labels.m: 007 (expected a string; kubectl refuses it"
                + " without quotes)");
    assertThat(contents.leftOut()).isEmpty();
  }

  @Test
  void aKeyThatKubectlReadsAsABooleanIsReadAsOneWithAWarning() throws Exception {
    ManifestReader.Contents contents =
        load(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: p
              labels: {"y": a,
                on: b, 80: c}
            """);

    assertThat(contents.objects().get(0).at("/metadata/labels"))
        .isEqualTo(document("{'y': a, 'true': b, '80': c}"));
    assertThat(contents.warnings())
        .singleElement()
        .asString()
        .endsWith(
            "pod.yaml:6: key on: read as \"true\", as kubectl reads it (quote it to keep it)");
  }

  @Test
  void laterOfTwoObjectsOfOneNameCountsAndBothPlacesAreNamed() throws Exception {
    Path one = file("1.yaml", "{apiVersion: v1, kind: Node, metadata: {name: n1, uid: a}}");
    Path two = file("2.yaml", "\n{apiVersion: v1, kind: Node, metadata: {name: n1, uid: b}}");
    ManifestReader.Contents contents = ManifestReader.load(List.of(one, two, two));

    assertThat(contents.warnings())
        .containsExactly(
            two
                + ":2: Node n1: also defined at "
                + one
                + ":1, with different content; the later one is used");
    assertThat(new ManifestCluster(contents.objects()).list(Resource.NODES, WatchScope.ALL))
        .singleElement()
        .satisfies(node -> assertThat(KubernetesJson.text(node, "metadata", "uid")).isEqualTo("b"));
  }

  @Test
  void oldIngressesAndSlicesAreReadAsAnApiServerConvertsThem() throws Exception {
    ManifestReader.Contents contents =
        load(
            "old.yaml",
            """
            apiVersion: extensions/v1beta1
            kind: Ingress
            metadata: {name: i, namespace: d}
            spec:
              backend: {serviceName: s, servicePort: web}
              rules:
              - host: a.example
                http: {paths: [{path: /x, backend: {serviceName: s, servicePort: 80}}]}
            ---
            apiVersion: networking.k8s.io/v1beta1
            kind: IngressList
            items:
            - metadata: {name: j, namespace: d}
              spec: {ingressClassName: c, rules: [{http: {paths: [{path: /, pathType: Exact}]}}]}
            ---
            apiVersion: discovery.k8s.io/v1beta1
            kind: EndpointSlice
            metadata: {name: es, namespace: d}
            addressType: IPv4
            endpoints:
            - addresses: [10.0.0.9]
              nodeName: n
              topology: {kubernetes.io/hostname: n, topology.kubernetes.io/zone: z}
            - addresses: [10.0.0.8]
              topology: {kubernetes.io/hostname: m, rack: r}
            ---
            apiVersion: apps/v1beta2
            kind: ReplicaSet
            metadata: {name: rs, namespace: d}
            """);

    assertThat(contents.leftOut()).isEmpty();
    assertThat(contents.objects())
        .extracting(object -> KubernetesJson.text(object, "apiVersion"))
        .containsExactly(
            "networking.k8s.io/v1", "networking.k8s.io/v1", "discovery.k8s.io/v1", "apps/v1");
    assertThat(contents.objects().get(0).get("spec"))
        .isEqualTo(
            document(
                """
                defaultBackend: {service: {name: s, port: {name: web}}}
                rules:
                - host: a.example
                  http:
                    paths:
                    - path: /x
                      pathType: ImplementationSpecific
                      backend: {service: {name: s, port: {number: 80}}}
                """));
    assertThat(contents.objects().get(2).get("endpoints"))
        .isEqualTo(
            document(
                """
                - {addresses: [10.0.0.9], nodeName: n, zone: z}
                - addresses: [10.0.0.8]
                  deprecatedTopology: {kubernetes.io/hostname: m, rack: r}
                """));
  }

  @Test
  void aVersionThatCannotBeReadIsNamedAndOtherGroupsAreIgnored() throws Exception {
    ManifestReader.Contents contents =
        load(
            "odd.yaml",
            """
            {apiVersion: discovery.k8s.io/v1alpha1, kind: EndpointSlice, metadata: {name: es}}
            ---
            {apiVersion: v1beta3, kind: Pod, metadata: {name: p}}
            ---
            {apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: s}}
            """);

    assertThat(problems(contents))
        .containsExactly(
            "odd.yaml:1: EndpointSlice es: apiVersion: discovery.k8s.io/v1alpha1 (expected:"
                + " discovery.k8s.io/v1)",
            "odd.yaml:3: Pod p: apiVersion: v1beta3 (expected: v1)");
    assertThat(contents.objects()).isEmpty();
  }

  @Test
  void filesWithoutAnyObjectOfDiscoveryAreWarnedOf() throws Exception {
    ManifestReader.Contents contents =
        load("secret.yaml", "{apiVersion: v1, kind: Secret, metadata: {name: s}}");

    assertThat(contents.warnings())
        .singleElement()
        .asString()
        .contains("secret.yaml: no object that discovery reads, 1 of other kinds");
  }

  @Test
  void utf16ByteOrderMarksAndGzipAreRead() throws Exception {
    String yaml = "apiVersion: v1\nkind: Node\nmetadata: {name: n, labels: {a: \u00e4}}\n";
    String json =
        "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\",\"labels\":{\"a\":\"\u00e4\"}}}";
    for (String text : List.of(yaml, json)) {
      List<byte[]> files = new ArrayList<>();
      for (Charset charset :
          List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
        files.add(text.getBytes(charset));
        files.add(("\ufeff" + text).getBytes(charset));
      }
      files.add(zipped(text.getBytes(StandardCharsets.UTF_8)));
      for (byte[] bytes : files) {
        Path file = Files.write(folder.resolve("n.yaml"), bytes);
        assertThat(ManifestReader.read(List.of(file)))
            .singleElement()
            .satisfies(
                node -> assertThat(node.at("/metadata/labels/a").asText()).isEqualTo("\u00e4"));
      }
    }
    Path whole = folder.resolve("whole.yaml.gz");
    Files.write(whole, zipped(yaml.getBytes(StandardCharsets.UTF_8)));
    Path cut = folder.resolve("cut.gz");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(whole), 30));
    assertThatThrownBy(() -> ManifestReader.load(List.of(cut)))
        .hasMessageContaining("cannot be read");
    Files.delete(cut);
    Files.delete(folder.resolve("n.yaml"));
    assertThat(ManifestReader.read(List.of(folder))).hasSize(1);
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void aWholeNumberMayBeWrittenWithAPointOrAnExponent() throws Exception {
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec: {containers: [{name: c, ports: [{containerPort: 80.0}, {containerPort: 8e1}]}]}
        """;

    assertThat(load("p.yaml", pod).leftOut()).isEmpty();
    assertThat(problems(load("q.yaml", pod.replace("80.0", "80.5"))))
        .singleElement()
        .asString()
        .contains("containerPort: 80.5 (expected a whole number)");
  }

  private static String name(ObjectNode object) {
    return KubernetesJson.text(object, "metadata", "name");
  }
}
