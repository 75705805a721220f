package io.promdisco.providers.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.util.SourceMemory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetGroupJsonTest {
  private static final DocumentOrigin ORIGIN = new DocumentOrigin("__meta_url", "u");

  private static List<TargetGroup> parse(String text) throws IOException {
    return TargetGroupJson.parse(text.getBytes(UTF_8), ORIGIN);
  }

  private static TargetGroup group(int index, List<String> addresses, String... labels) {
    return new TargetGroup(
        "u:" + index,
        addresses.stream().map(address -> Labels.of("__address__", address)).toList(),
        Labels.builder().setAll(Labels.of(labels)).set("__meta_url", "u").build());
  }

  @Test
  void groupsAreNamedByTheirPlaceAndCarryTheirOrigin() throws IOException {
    assertThat(
            parse(
                """
                [{"targets": ["a:1", "b:1"], "labels": {"env": "x", "empty": ""}},
                 {"targets": [], "labels": {"__meta_url": "mine"}},
                 {}]
                """))
        .containsExactly(
            group(0, List.of("a:1", "b:1"), "env", "x", "empty", ""),
            group(1, List.of()),
            group(2, List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", " \r\n\t[ ] \n"})
  void anEmptyListMayBeNull(String text) throws IOException {
    assertThat(parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s3cr3t4711", "s3cr3t4711-x", "\"s3cr3t4711\"", "471147114711", "[s3cr3t]"})
  void whatMayBeATokenIsNotShown(String text) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> parse(text))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cr3t").doesNotContain("4711"));
  }

  @Test
  void nullIsNothing() throws IOException {
    assertThat(
            parse(
                "[{\"targets\": null, \"labels\": null}, {\"targets\": [null], \"labels\": "
                    + "{\"a\": null}}]"))
        .containsExactly(group(0, List.of()), group(1, List.of(""), "a", ""));
  }

  @Test
  void fieldNamesAreInAnyCaseAndTheLastCounts() throws IOException {
    assertThat(
            parse(
                """
                [{"TARGETS": ["a:1", "b:1"], "Labels": {"a": "1", "b": "2"}, "targetS": ["c:1"],
                  "labels": {"a": "1", "a": "3"}}]
                """))
        .containsExactly(group(0, List.of("c:1"), "a", "3"));
  }

  @Test
  void labelNamesKeepTheirCaseAndMayBeAnyText() throws IOException {
    assertThat(parse("[{\"labels\": {\"A.b c\": \"1\", \"a\": \"2\", \"é\": \"\\u00e9\"}}]"))
        .containsExactly(group(0, List.of(), "A.b c", "1", "a", "2", "é", "é"));
  }

  @ParameterizedTest
  @CsvSource({
    "a ff, a\ufffd",
    "c3, \ufffd",
    "e2 82 78, \ufffd\ufffdx",
    "f0 9f 98, \ufffd\ufffd\ufffd",
    "ed a0 80, \ufffd\ufffd\ufffd",
    "f0 80 80 80 c3 a9, \ufffd\ufffd\ufffd\ufffdé",
    "f0 9f 98 80, \ud83d\ude00",
  })
  void eachByteThatIsNotUtf8IsReplaced(String bytes, String text) throws IOException {
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    document.writeBytes("[{\"targets\": [\"".getBytes(UTF_8));
    for (String value : bytes.split(" ")) {
      document.write(value.equals("a") ? 'a' : Integer.parseInt(value, 16));
    }
    document.writeBytes("\"]}]".getBytes(UTF_8));

    assertThat(TargetGroupJson.parse(document.toByteArray(), ORIGIN))
        .containsExactly(group(0, List.of(text)));
  }

  @Test
  void aDocumentThatIsLongerThanABufferAndEndsWithinACharacterIsRefused() throws IOException {
    String begin = "[{\"targets\": [\"";
    byte[] good = (begin + "é".repeat(9000) + "\"]}]").getBytes(UTF_8);
    byte[] bad = Arrays.copyOf(good, good.length - 5);

    assertThat(TargetGroupJson.parse(good, ORIGIN))
        .containsExactly(group(0, List.of("é".repeat(9000))));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TargetGroupJson.parse(bad, ORIGIN))
        .withMessageContaining("cut off");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"targets\": [\"a\", \"b\"], \"Targets\": [null, \"c\"] | a c",
        "\"targets\": [\"a\", \"b\"], \"targets\": [\"c\"], \"targets\": [null, null] | c b",
        "\"targets\": [\"a\"], \"targets\": [], \"targets\": [null, \"b\"] | `` b",
        "\"targets\": [\"a\"], \"targets\": null, \"targets\": [null, \"b\"] | `` b",
      })
  void aNullInASecondListKeepsTheAddressInItsPlace(String fields, String addresses)
      throws IOException {
    assertThat(parse("[{" + fields + "}]"))
        .containsExactly(group(0, List.of(addresses.replace("``", "").split(" "))));
  }

  @Test
  void halfASurrogatePairIsReplaced() throws IOException {
    assertThat(parse("[{\"labels\": {\"a\\udc00\": \"\\ud83dx\\ud83d\\ude00\\ud83d\"}}]"))
        .containsExactly(group(0, List.of(), "a\ufffd", "\ufffdx\ud83d\ude00\ufffd"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | 1:1: empty (expected a list of target groups; [] for none)",
        "` \n ` | 1:1: empty (expected a list of target groups; [] for none)",
        "{\"targets\": []} | 1:1: an object (expected a list of target groups)",
        "5 | 1:1: a number, true or false (expected a list of target groups)",
        "[null] | 1:2: [0]: null (expected a target group)",
        "[{}, null] | 1:6: [1]: null (expected a target group)",
        "[{}, \"a:1\"] | 1:6: [1]: \"a:1\" (expected a target group)",
        "[{}, []] | 1:6: [1]: a list (expected a target group)",
        "[{\"target\": []}] | 1:3: [0].target: unknown field (expected targets or labels)",
        "[{\"targets\": \"a:1\"}] | 1:14: [0].targets: \"a:1\" (expected a list of strings)",
        "[{\"targets\": [1.50]}] | 1:15: [0].targets[0]: 1.50 (expected a string)",
        "[{\"targets\": [\"\", []]}] | 1:19: [0].targets[1]: a list (expected a string)",
        "[{\"labels\": []}] | 1:13: [0].labels: a list (expected a map of strings)",
        "`[{},\n{\"labels\": {\"a\": 5}}]` | 2:18: [1].labels.a: 5 (expected a string)",
        "[{\"labels\": {\"a\": true}}] | 1:19: [0].labels.a: true (expected a string)",
        "[{\"labels\": {\"a\": {}}}] | 1:19: [0].labels.a: an object (expected a string)",
        "[{\"labels\": {\"\": \"x\"}}]"
            + " | 1:14: [0].labels: \"\" is not a valid label name (expected a name)",
        "[] [] | 1:4: text after the list (expected nothing)",
      })
  void aDocumentThatIsNotAListOfGroupsIsRejectedWithItsPlace(String text, String message) {
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> parse(text)).withMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[ | 1:2: cut off",
        "`[{\"targets\":\n [\"a` | 2:5: cut off",
        "[{\"labels\": {\"a\" | 1:17: cut off",
        "[] x | 1:4: not JSON",
        "[,] | 1:2: not JSON",
        "[{},] | 1:5: not JSON",
        "[{\"targets\": ['a']}] | 1:15: not JSON",
        "`[{\"targets\": [\"a\nb\"]}]` | 1:17: not JSON",
        "// none | 1:1: not JSON",
        "\uFEFF[] | 1:1: not JSON",
        "NaN | 1:4: not JSON",
      })
  void invalidJsonIsRejectedWithItsPlace(String text, String beginning) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> parse(text))
        .withMessageStartingWith(beginning)
        .satisfies(problem -> assertThat(problem.getMessage()).doesNotContain("\n"));
  }

  @Test
  void anEndlesslyNestedDocumentIsRejectedImmediately() {
    String deep = "[{\"targets\": " + "[".repeat(1_000_000);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> parse(deep))
        .withMessage("1:15: [0].targets[0]: a list (expected a string)");
  }

  @Test
  void aLongTextIsShownInPart() {
    String name = "n".repeat(100_000);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> parse("[{\"" + name + "\": 1}]"))
        .satisfies(problem -> assertThat(problem.getMessage()).hasSizeLessThan(200));
  }

  @Test
  void whatTheStreamThrowsComesThrough() {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream("[{".getBytes(UTF_8)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("connection broke");
              }

              @Override
              public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("connection broke");
              }
            });
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TargetGroupJson.parse(broken, ORIGIN))
        .withMessage("connection broke");
  }

  /** Returns names with equal hashes. */
  private static List<String> collidingNames(int letters) {
    List<String> names = List.of("");
    for (int i = 0; i < letters; i++) {
      names = names.stream().flatMap(name -> Stream.of(name + "Ab", name + "BA")).toList();
    }
    return names;
  }

  @Test
  void aLongTextThatManyTargetsShareCountsForEachOfThem() {
    String text = "x".repeat(1_000_000);
    String targets = "\"a:1\"" + ", \"a:1\"".repeat(1000);
    byte[] json =
        ("[{\"targets\": [" + targets + "], \"labels\": {\"l\": \"" + text + "\"}}]")
            .getBytes(UTF_8);
    byte[] yaml = ("- targets: [" + targets + "]\n  labels: {l: " + text + "}").getBytes(UTF_8);
    assertThatExceptionOfType(SourceMemory.ExceededException.class)
        .isThrownBy(
            () ->
                TargetGroupJson.parse(
                    new ByteArrayInputStream(json), ORIGIN, new SourceMemory(64 << 20)));
    assertThatExceptionOfType(SourceMemory.ExceededException.class)
        .isThrownBy(() -> TargetGroupYaml.parse(yaml, ORIGIN, new SourceMemory(64 << 20)));
  }

  @Test
  void namesWithEqualHashesInOneDocumentLeaveOthersReadable() throws Exception {
    List<String> colliding = collidingNames(10);
    for (int round = 0; round < 30; round++) {
      StringBuilder hostile = new StringBuilder("[{\"labels\": {");
      for (String name : colliding.subList(0, 30 * round)) {
        hostile.append('"').append(name).append("\": \"\", ");
      }
      hostile.append("\"last\": \"\"}}]");
      try {
        TargetGroupJson.parse(hostile.toString().getBytes(UTF_8), ORIGIN);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("hash"); // It may fail; the next must not.
      }
      StringBuilder good = new StringBuilder("[{\"labels\": {");
      for (int i = 0; i < 500; i++) {
        good.append("\"label_").append(round).append('_').append(i).append("\": \"v\", ");
      }
      good.append("\"last\": \"v\"}, \"targets\": [\"a:1\"]}]");
      assertThat(TargetGroupJson.parse(good.toString().getBytes(UTF_8), ORIGIN)).hasSize(1);
    }
  }
}
