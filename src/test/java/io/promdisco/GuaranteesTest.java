package io.promdisco;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise of {@code docs/guarantees.md} names tests, and they exist. */
class GuaranteesTest {
  private static final Path DOCUMENT = Path.of("docs/guarantees.md");
  private static final Path TESTS = Path.of("src/test/java");
  private static final Pattern ANNOTATION =
      Pattern.compile("@(Test|ParameterizedTest|Property)\\b");
  private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*(?:Test|IT))\\.(\\w+)`");

  @Test
  void everyPromiseNamesTestsThatExist() throws IOException {
    List<String> promises = promises();
    assertThat(promises).hasSizeGreaterThan(10);
    for (String promise : promises) {
      List<String> missing = new ArrayList<>();
      Matcher name = NAME.matcher(promise);
      int named = 0;
      while (name.find()) {
        named++;
        if (!isTest(name.group(1), name.group(2))) {
          missing.add(name.group());
        }
      }
      assertThat(named).as("tests of: %s", promise).isPositive();
      assertThat(missing).as("tests that do not exist, of: %s", promise).isEmpty();
    }
  }

  private static List<String> promises() throws IOException {
    try (Stream<String> lines = Files.lines(DOCUMENT)) {
      return lines.filter(line -> line.startsWith("- ")).toList();
    }
  }

  private static boolean isTest(String type, String method) throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      List<Path> found = files.filter(file -> file.endsWith(type + ".java")).toList();
      for (Path file : found) {
        String source = Files.readString(file);
        int at = source.indexOf(" void " + method + "(");
        int begin = at < 0 ? 0 : source.lastIndexOf("\n\n", at);
        if (at >= 0 && ANNOTATION.matcher(source.substring(Math.max(0, begin), at)).find()) {
          return true;
        }
      }
      return false;
    }
  }
}
