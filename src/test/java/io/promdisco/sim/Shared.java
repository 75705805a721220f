package io.promdisco.sim;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Recorded cases, where they are at hand. */
final class Shared {
  private Shared() {}

  /** The folders of the Kubernetes cases; skips the test if there are none. */
  static List<Path> kubernetesCases() throws IOException {
    Path folder =
        Path.of(System.getProperty("promdisco.shared", "../shared"))
            .resolve("conformance/kubernetes");
    assumeTrue(Files.isDirectory(folder), folder + " is not there");
    try (Stream<Path> cases = Files.list(folder)) {
      return cases.filter(Files::isDirectory).sorted().toList();
    }
  }
}
