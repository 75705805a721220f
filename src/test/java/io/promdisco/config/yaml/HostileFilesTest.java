package io.promdisco.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile files are rejected with a place, quickly and with little memory. */
@Timeout(120)
class HostileFilesTest {
  private static final String NASTY = " :-[]{}&*!|>'\"%@`#,?~\n\t<0a";

  private static LoadResult read(String yaml) {
    return new ConfigLoader().read("test.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("."));
  }

  private static void isRefused(LoadResult result, String why) {
    assertThat(result.configuration()).isEmpty();
    assertThat(result.problems()).hasSize(1);
    assertThat(result.problems().get(0).toString()).startsWith("test.yml:").contains(why);
  }

  @Test
  void mergesOfMergesAreBounded() {
    StringBuilder yaml = new StringBuilder("scrape_configs:\n- &a0 {job_name: a}\n");
    for (int i = 1; i < 18; i++) {
      String previous = "*a" + (i - 1);
      yaml.append("- &a").append(i).append(" {<<: [");
      yaml.append((previous + ", ").repeat(9)).append(previous).append("]}\n");
    }

    isRefused(read(yaml.toString()), "excessive aliasing");
  }

  @Test
  void listsOfTheSameLongListAreBounded() {
    String targets = "&t [" + "x,".repeat(20_000) + "x]";
    String group = ", {targets: *t}";
    String yaml =
        "scrape_configs: [{job_name: a, static_configs: [{targets: "
            + targets
            + "}"
            + group.repeat(20_000)
            + "]}]";

    isRefused(read(yaml), "excessive aliasing");
  }

  @Test
  void labelmapsThatDoubleTheLabelsAreNotAdvisedOn() {
    StringBuilder yaml = new StringBuilder("scrape_configs:\n- job_name: a\n  static_configs:\n");
    yaml.append("  - {targets: [a], labels: {").append("l0: x");
    for (int i = 1; i < 100; i++) {
      yaml.append(", l").append(i).append(": x");
    }
    yaml.append("}}\n  relabel_configs:\n");
    for (char letter = 'a'; letter <= 'z'; letter++) {
      yaml.append("  - {action: labelmap, regex: '(.+)', replacement: '");
      yaml.append(letter).append("_$1'}\n");
    }

    LoadResult result = read(yaml.toString());
    assertThat(result.configuration()).isPresent();
    assertThat(result.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"&a\n  - *a\n", "&a\n    b: *a\n", "[&a [*a]]\n", "&a {b: *a}\n"})
  void aValueThatContainsItselfHasAnEnd(String value, @TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("t.yml"), "a:\n- x: " + value);
    StrictYaml.Result<YamlRange> result =
        StrictYaml.read(
            file,
            "a file",
            section -> {
              Section entry = section.sections("a").get(0);
              return entry.extent("x");
            });
    assertThat(result.value()).get().satisfies(e -> assertThat(e.endLine()).isBetween(2, 4));
  }

  @Test
  void mergeOfItselfEnds() {
    assertThat(read("scrape_configs:\n- &a\n  job_name: a\n  <<: *a\n").configuration()).isEmpty();
    assertThat(read("scrape_configs: &a\n- job_name: a\n  params: {x: *a}\n").configuration())
        .isEmpty();
  }

  @Test
  void usualAliasesAreAccepted() {
    StringBuilder yaml =
        new StringBuilder(
            """
            scrape_configs:
            - &base
              job_name: base
              relabel_configs:
              - {source_labels: [a], target_label: b}
              static_configs: [{targets: ['web:80']}]
            """);
    for (int i = 0; i < 2_000; i++) {
      yaml.append("- {<<: *base, job_name: job").append(i).append("}\n");
    }

    assertThat(read(yaml.toString()).configuration().orElseThrow().jobs()).hasSize(2_001);
  }

  @Test
  void deepNestingIsRefused() {
    isRefused(read("scrape_configs: " + "[".repeat(100_000)), "esting");
    isRefused(read("scrape_configs: " + "{a: ".repeat(5_000)), "esting");
  }

  @Test
  void controlCharactersAreRefusedWhereTheyStand() {
    assertThat(read("global:\n  query_log_file: a\0b\n").problems().get(0).position())
        .hasToString("test.yml:2:20");
  }

  @Test
  void tagsThatAreNoneAreRefusedWhereTheyStand() {
    isRefused(
        read("global:\n  query_log_file: !x%2 5s\n"), "test.yml:2:19: not a tag (expected: quotes");
    isRefused(read("!%a"), "test.yml:1:1: not a tag (expected: quotes");
  }

  @Test
  void badUtf8IsRefusedWhereItStands() {
    byte[] content = "global:\n  query_log_file: aXb\n".getBytes(StandardCharsets.ISO_8859_1);
    content[27] = (byte) 0xff;

    LoadResult result = new ConfigLoader().read("test.yml", content, Path.of("."));

    assertThat(result.problems().get(0).position()).hasToString("test.yml:2:20");
  }

  @Test
  void byteOrderMarkIsSkipped() {
    assertThat(read("\uFEFFglobal: {scrape_interval: 5s}\n").problems()).isEmpty();
  }

  @Test
  void hugeFileIsNotEvenReadToItsEnd(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("huge.yml");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8L << 30);
    }

    LoadResult result = new ConfigLoader().read(file);

    assertThat(result.problems().get(0).message()).startsWith("the file is too large");
  }

  @Test
  void missingFileAndFolderAreProblems(@TempDir Path folder) {
    assertThat(new ConfigLoader().read(folder.resolve("none.yml")).problems().get(0).message())
        .isEqualTo("no such file (expected: a Prometheus configuration)");
    assertThat(new ConfigLoader().read(folder).problems().get(0).message())
        .isEqualTo("a directory (expected: a regular file)");
  }

  @Test
  void damagedFilesNeverThrow() throws IOException {
    Random random = new Random(7);
    byte[] good =
        Files.readAllBytes(Path.of("src", "test", "resources", "config", "several-at-once.yml"));
    for (int round = 0; round < 2_000; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i < 1 + round % 4; i++) {
        bad[random.nextInt(bad.length)] = (byte) NASTY.charAt(random.nextInt(NASTY.length()));
      }
      LoadResult result = new ConfigLoader().read("test.yml", bad, Path.of("."));
      assertThat(result.valid() && result.configuration().isEmpty()).isFalse();
    }
  }
}
