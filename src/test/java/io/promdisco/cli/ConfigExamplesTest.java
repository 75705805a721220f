package io.promdisco.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.cli.output.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in config-examples are valid and documented. */
class ConfigExamplesTest {
  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("config-examples"))) {
      List<Path> examples =
          files.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
      assertThat(examples).hasSizeGreaterThanOrEqualTo(8);
      return examples;
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void checkFindsNothingAndTheFirstLineSaysWhatItIsFor(Path example) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);

    int code = Main.run(new Console(stream, stream, false, false, 0), "check", example.toString());

    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("ok: " + example)
        .endsWith("1 file: 0 errors, 0 warnings\n");
    assertThat(code).isZero();
    assertThat(Files.readString(example)).startsWith("# ");
  }
}
