package io.promdisco.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links and names in the documents refer to files and headings that exist. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern SCHEME = Pattern.compile("[a-z]+:.*");
  private static final Pattern SCRIPT = Pattern.compile("`(?:\\./)?(src/(?:bench|it)/[\\w./-]+)");
  private static final Pattern SOURCE = Pattern.compile("`((?:\\w+/)*\\w+\\.java)`");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`");
  private static final Path MAIN = Path.of("src/main/java/io/promdisco");
  private static final int GLOSSARY_TERMS = 60;

  static List<Path> documents() throws IOException {
    List<Path> all = new ArrayList<>(Page.all());
    try (Stream<Path> decisions = Files.list(Path.of("docs/decisions"))) {
      decisions.filter(file -> file.toString().endsWith(".md")).sorted().forEach(all::add);
    }
    all.add(Path.of("src/it/README.md"));
    return all;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(Path document) throws IOException {
    List<String> broken = new ArrayList<>();
    for (String line : Page.read(document).prose()) {
      Matcher link = LINK.matcher(line);
      while (link.find()) {
        if (!SCHEME.matcher(link.group(1)).matches() && !leadsSomewhere(document, link.group(1))) {
          broken.add(link.group(1));
        }
      }
    }
    assertThat(broken).as("broken links of %s", document).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void scriptsThatAreNamedExist(Path document) throws IOException {
    Matcher script = SCRIPT.matcher(Files.readString(document));
    while (script.find()) {
      assertThat(Path.of(script.group(1))).as("named in %s", document).exists();
    }
  }

  @Test
  void sourcesThatAContributorEditsExist() throws IOException {
    Matcher source = SOURCE.matcher(Files.readString(Path.of("CONTRIBUTING.md")));
    while (source.find()) {
      String file = source.group(1);
      if (!file.contains("/Example")) {
        assertThat(List.of(MAIN.resolve(file), Path.of(file))).as(file).anyMatch(Files::exists);
      }
    }
  }

  @Test
  void testsThatAContributorReadsExist() throws IOException {
    Matcher test = TEST.matcher(Files.readString(Path.of("CONTRIBUTING.md")));
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      while (test.find()) {
        assertThat(names).contains(test.group(1) + ".java");
      }
    }
  }

  @Test
  void everyDecisionIsInTheIndex() throws IOException {
    String index = Files.readString(Path.of("docs/decisions/README.md"));
    try (Stream<Path> decisions = Files.list(Path.of("docs/decisions"))) {
      assertThat(decisions.map(file -> file.getFileName().toString()).sorted())
          .allMatch(name -> name.equals("README.md") || index.contains("(" + name + ")"));
    }
  }

  @Test
  void theGlossaryIsShortAndSorted() throws IOException {
    List<String> terms =
        Files.readAllLines(Path.of("docs/glossary.md")).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| term |"))
            .map(line -> line.split(" \\| ", 2)[0].substring(2).toLowerCase(Locale.ROOT))
            .toList();
    assertThat(terms).hasSizeLessThanOrEqualTo(GLOSSARY_TERMS).isSorted();
  }

  private static boolean leadsSomewhere(Path document, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path folder = document.getParent() == null ? Path.of("") : document.getParent();
    Path file = parts[0].isEmpty() ? document : folder.resolve(parts[0]).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return parts.length == 1
        || Page.read(file).prose().stream()
            .filter(line -> line.startsWith("#"))
            .anyMatch(line -> anchor(line).equals(parts[1]));
  }

  /** Returns the anchor of a heading on GitHub. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ *", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
        .replace(' ', '-');
  }
}
