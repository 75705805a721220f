package io.promdisco.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder of recorded cases beside the checkout, where there is one. */
final class Shared {
  private Shared() {}

  /** {@code ../shared/conformance/NAME}; property {@code promdisco.shared} names another. */
  static Path folder(String name) {
    return Path.of(System.getProperty("promdisco.shared", "../shared"), "conformance", name);
  }

  static boolean isThere(String name) {
    return Files.isDirectory(folder(name));
  }

  static List<Path> list(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
