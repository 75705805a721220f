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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares {@code console} blocks of the documents with the output of the commands. With {@code
 * -Dpromdisco.docs.update=true}, it updates the blocks.
 */
class DocsTest {
  private static final Pattern BLOCK =
      Pattern.compile("```console\n\\$ promdisco ([^\n]+)\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern TOOK = Pattern.compile("after [0-9]+\\.[0-9]{2} s");

  static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"));
        Stream<Path> top = Files.list(Path.of(""))) {
      return Stream.concat(top, docs)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void blocksShowWhatIsPrinted(Path page) throws IOException {
    String text = Files.readString(page);
    String printed =
        BLOCK
            .matcher(text)
            .replaceAll(
                block ->
                    Matcher.quoteReplacement(
                        "```console\n$ promdisco "
                            + block.group(1)
                            + "\n"
                            + output(block.group(1))
                            + "```\n"));
    if (Boolean.getBoolean("promdisco.docs.update")) {
      Files.writeString(page, printed);
    } else {
      assertThat(text).isEqualTo(printed);
    }
  }

  @Test
  void thereAreSuchBlocks() throws IOException {
    assertThat(BLOCK.matcher(Files.readString(Path.of("docs/cli.md"))).find()).isTrue();
  }

  private static String output(String command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    Main.run(new Console(stream, stream, false, false, 0), command.split(" +"));
    return TOOK.matcher(out.toString(StandardCharsets.UTF_8)).replaceAll("after 0.10 s");
  }
}
