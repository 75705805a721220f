package io.promdisco.cli.output;

import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.model.Position;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Problems as SARIF 2.1.0, for code review tools.
 *
 * @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">SARIF</a>
 */
public final class SarifDocument {
  /** The name of standard input in problems. */
  public static final String STANDARD_INPUT = "standard input";

  private static final String ROOT = "SRCROOT";

  private SarifDocument() {}

  /**
   * Returns a document with one run, which has a rule for each kind of problem.
   *
   * @param version the version of promdisco
   * @param root the folder that paths of files in it are relative to
   */
  public static Map<String, Object> of(String version, List<Problem> problems, Path root) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver(version)));
    run.put("originalUriBaseIds", Map.of(ROOT, Map.of("uri", folderUri(root))));
    run.put("columnKind", "unicodeCodePoints");
    run.put("results", problems.stream().map(problem -> result(problem, root)).toList());
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    map.put("version", "2.1.0");
    map.put("runs", List.of(run));
    return map;
  }

  private static Map<String, Object> driver(String version) {
    Map<String, Object> driver = StructuredPrinter.map("name", "promdisco", "version", version);
    List<Map<String, Object>> rules = new ArrayList<>();
    for (ProblemKind kind : ProblemKind.values()) {
      Map<String, Object> rule =
          StructuredPrinter.map(
              "id", kind.id(), "shortDescription", Map.of("text", kind.description()));
      rules.add(rule);
    }
    driver.put("rules", rules);
    return driver;
  }

  private static Map<String, Object> result(Problem problem, Path root) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", problem.kind().id());
    result.put("level", problem.severity() == Problem.Severity.ERROR ? "error" : "warning");
    result.put(
        "message",
        Map.of(
            "text",
            problem.path().isEmpty()
                ? problem.message()
                : problem.path() + ": " + problem.message()));
    Map<String, Object> location = new LinkedHashMap<>();
    location.put("physicalLocation", place(problem.position(), root));
    if (!problem.path().isEmpty()) {
      location.put("logicalLocations", List.of(Map.of("fullyQualifiedName", problem.path())));
    }
    result.put("locations", List.of(location));
    return result;
  }

  private static Map<String, Object> place(Position position, Path root) {
    Map<String, Object> region =
        StructuredPrinter.map("startLine", position.line(), "startColumn", position.column());
    return StructuredPrinter.map(
        "artifactLocation", artifact(position.file(), root), "region", region);
  }

  private static Map<String, Object> artifact(String file, Path root) {
    if (file.equals(STANDARD_INPUT)) {
      return Map.of("uri", "standard%20input"); // not in a folder
    }
    Path base = root.toAbsolutePath().normalize();
    Path path = base.resolve(file).normalize();
    Map<String, Object> artifact = new LinkedHashMap<>();
    if (path.startsWith(base)) {
      // Both URIs are escaped first, so that special characters remain correct.
      String prefix = folderUri(base);
      artifact.put("uri", path.toUri().getRawPath().substring(rawPath(prefix).length()));
      artifact.put("uriBaseId", ROOT);
    } else {
      artifact.put("uri", path.toUri().toString());
    }
    return artifact;
  }

  private static String folderUri(Path folder) {
    String uri = folder.toAbsolutePath().normalize().toUri().toString();
    return uri.endsWith("/") ? uri : uri + "/";
  }

  private static String rawPath(String uri) {
    return java.net.URI.create(uri).getRawPath();
  }
}
