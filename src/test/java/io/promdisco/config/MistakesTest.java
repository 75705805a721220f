package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small invalid files, each with its exact messages. */
class MistakesTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "config");

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> Objects.toString(file.getFileName()))
          .filter(name -> name.endsWith(".yml"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyMistakeIsReportedWithItsPlaceAndWhatWasExpected(String file) throws IOException {
    Path path = FOLDER.resolve(file);

    LoadResult result = new ConfigLoader().read(file, Files.readAllBytes(path), FOLDER);

    List<String> lines = Files.readAllLines(FOLDER.resolve(file.replace(".yml", ".txt")));
    assertThat(lines(result)).containsExactlyElementsOf(lines);
    assertThat(result.problems().toString()).doesNotContain("hunter2");
  }

  private static List<String> lines(LoadResult result) {
    return result.problems().stream()
        .map(
            problem ->
                (problem.severity() == Problem.Severity.WARNING ? "warning: " : "")
                    + problem.toString().replace(FOLDER + "/", ""))
        .toList();
  }
}
