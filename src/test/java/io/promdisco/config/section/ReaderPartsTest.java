package io.promdisco.config.section;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promdisco.config.ConfigException;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.EffectiveSection;
import io.promdisco.config.yaml.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Globs, variables, and third-party readers. */
class ReaderPartsTest {
  @ParameterizedTest
  @CsvSource({
    "'a', 'a'",
    "'$X', 'x'",
    "'${X}y', 'xy'",
    "'$X-$X', 'x-x'",
    "'$$X', '$X'",
    "'${$}', '$'",
    "'a$', 'a$'",
    "'$ a', '$ a'",
    "'$10', '0'",
    "'${}a', 'a'",
    "'${X', 'X'",
    "'$NONE.', '.'"
  })
  void variablesAreReplacedAsGoReplacesThem(String text, String expanded) {
    assertThat(EnvironmentVariables.expand(text, name -> name.equals("X") ? "x" : ""))
        .isEqualTo(expanded);
  }

  @ParameterizedTest
  @CsvSource({
    "'*.yml', 'a.yml .hidden.yml'",
    "'?.yml', 'a.yml'",
    "'[ab].yml', 'a.yml'",
    "'[^a]*.yml', '.hidden.yml'",
    "'a.yml', 'a.yml'",
    "'b.yml', ''",
    "'{a}*', '{a}.txt'",
    "'s?b/*.yml', 'sub/b.yml'",
    "'none/*.yml', ''",
    "'\\a.yml', 'a.yml'",
    "'[z-a].yml', ''",
    "'[z-aa].yml', 'a.yml'",
    "'[^z-a].yml', 'a.yml'",
  })
  void globsMatchAsInGo(String pattern, String names, @TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    for (String name : List.of("a.yml", ".hidden.yml", "{a}.txt", "sub/b.yml")) {
      Files.writeString(folder.resolve(name), "");
    }

    List<String> found =
        Globs.files(folder + "/" + pattern).stream()
            .map(file -> folder.relativize(file).toString())
            .toList();

    assertThat(found).containsExactlyInAnyOrder(names.isEmpty() ? new String[0] : names.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none/[x", "[]", "[a-]", "[-a]", "a\\"})
  void badGlobIsRefusedWhetherThereAreFilesOrNot(String pattern) {
    assertThatThrownBy(() -> Globs.files(pattern)).isInstanceOf(PatternSyntaxException.class);
  }

  /** A discovery kind that promdisco does not have. */
  record ShelfSdConfig(String shelf) implements SdConfig {
    @Override
    public String mechanism() {
      return "shelf";
    }
  }

  private static final class ShelfReader implements SdConfigReader {
    @Override
    public String key() {
      return "shelf_sd_configs";
    }

    @Override
    public Result read(Section job, ConfigPaths paths) {
      List<SdConfig> configs = new ArrayList<>();
      List<Map<String, Object>> shown = new ArrayList<>();
      for (Section section : job.sections(key())) {
        String shelf = section.string("shelf");
        if (shelf.isEmpty()) {
          section.error("shelf", "is empty");
        }
        section.finish();
        configs.add(new ShelfSdConfig(shelf));
        shown.add(new EffectiveSection().always("shelf", shelf).map());
      }
      return new Result(configs, shown);
    }
  }

  private static LoadResult readShelf(String entry) {
    List<SdConfigReader> sources = new ArrayList<>(ConfigLoader.standardSources());
    sources.add(new ShelfReader());
    String yaml = "scrape_configs: [{job_name: a, shelf_sd_configs: [" + entry + "]}]";
    return new ConfigLoader(sources)
        .read("t.yml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("."));
  }

  @Test
  void sourceOfOnesOwnIsReadAndCheckedAsTheOthersAre() {
    ScrapeConfig job = readShelf("{shelf: top}").configuration().orElseThrow().jobs().get(0);

    assertThat(job.sdConfigs()).containsExactly(new ShelfSdConfig("top"));
    assertThat(job.effective()).containsEntry("shelf_sd_configs", List.of(Map.of("shelf", "top")));
    assertThat(readShelf("{shelf: top, self: x}").problems().toString())
        .contains("scrape_configs[0].shelf_sd_configs[0].self: field self not found");
    assertThat(readShelf("{}").problems().toString())
        .contains("shelf_sd_configs[0].shelf: is empty");
  }

  @Test
  void loadThrowsEveryProblemAtOnce(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("c.yml");
    Files.writeString(file, "globl: {}\nscrape_configs: [{}]\n");

    assertThatThrownBy(() -> new ConfigLoader().load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean \"global\"?")
        .hasMessageContaining("job_name is empty");
  }
}
