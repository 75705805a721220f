package io.promdisco;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A simple name belongs to only one type, in main code, tests and benchmarks. */
class TypeNamesTest {
  private static final List<Path> SOURCES =
      List.of(Path.of("src/main/java"), Path.of("src/test/java"), Path.of("src/jmh/java"));

  @Test
  void noTwoTypesShareASimpleName() throws IOException {
    TreeMap<String, Set<Path>> byName = new TreeMap<>();
    for (Path source : SOURCES) {
      for (Path file : javaFiles(source)) {
        byName.computeIfAbsent(name(file), name -> new TreeSet<>()).add(file);
      }
    }
    byName.remove("package-info");
    byName.values().removeIf(files -> files.size() == 1);
    assertThat(byName).isEmpty();
  }

  @Test
  void noNestedTypeHasTheNameOfAnotherType() throws IOException {
    Set<String> names =
        javaFiles(SOURCES.get(0)).stream().map(TypeNamesTest::name).collect(Collectors.toSet());
    assertThat(
            new ClassFileImporter()
                    .importUrl(Promdisco.class.getProtectionDomain().getCodeSource().getLocation())
                    .stream()
                    .filter(type -> type.isNestedClass() && names.contains(type.getSimpleName()))
                    .map(JavaClass::getName))
        .isEmpty();
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }
}
