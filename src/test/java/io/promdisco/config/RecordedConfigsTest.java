package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.load.ConfigLoader.LoadResult;
import io.promdisco.scrape.ConfiguredTargetChecks;
import io.promdisco.testing.RecordedCases;
import io.promdisco.testing.RecordedCases.RecordedFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Files for which the answers of promtool and Prometheus were recorded. */
class RecordedConfigsTest {
  /** Text in quotes in a message: the wrong key or value. */
  private static final Pattern QUOTED = Pattern.compile("\"([^\"\\s\\\\]{2,})\"|'([a-z_]{3,})'");

  private static final Pattern FIELD = Pattern.compile("field (\\w+) (?:not found|already set)");

  @Test
  void loadsWhatPrometheusLoadsAsPrometheusShowsItAndRefusesTheRest() throws Exception {
    RecordedCases<RecordedFile> cases = RecordedCases.answers("config");
    List<String> wrong = new ArrayList<>();
    for (RecordedFile recorded : cases) {
      LoadResult result =
          new ConfigLoader().read(recorded.file(), recorded.bytes(), recorded.folder());
      String difference = difference(recorded.answer(), result, recorded.folder() + "/");
      if (!difference.isEmpty()) {
        wrong.add(recorded.file() + ": " + difference);
      }
      cases.ran(recorded);
    }
    cases.printSummary("configuration reader");
    assertThat(wrong).isEmpty();
  }

  @Test
  void judgesAsPromtoolWhereAnEarlierVersionDidNot() {
    RecordedCases<RecordedFile> cases = RecordedCases.answers("promtool");
    List<String> wrong = new ArrayList<>();
    for (RecordedFile recorded : cases) {
      LoadResult result =
          new ConfigLoader().read(recorded.file(), recorded.bytes(), recorded.folder());
      String difference =
          ConfigJudge.difference(
              recorded.answer(),
              result,
              ConfiguredTargetChecks.check(recorded.file(), result),
              recorded.folder() + "/");
      if (!difference.isEmpty()) {
        wrong.add(recorded.file() + ": " + difference);
      }
      cases.ran(recorded);
    }
    cases.printSummary("configuration reader");
    assertThat(wrong).isEmpty();
  }

  private static String difference(JsonNode recorded, LoadResult result, String prefix) {
    boolean loads = recorded.get("loads").asBoolean();
    if (result.configuration().isPresent() != loads) {
      return "loads " + !loads + ": " + recorded.get("message") + " | " + result.problems();
    }
    boolean valid = recorded.get("valid").asBoolean();
    List<Problem> problems = ConfiguredTargetChecks.check(recorded.get("file").asText(), result);
    if (problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR) != valid) {
      return "valid " + !valid + ": " + recorded.get("message") + " | " + problems;
    }
    StringBuilder out = new StringBuilder();
    if (loads) {
      compare("", withLogLevel(effective(recorded)), effective(result, prefix), out);
      List<String> pools = new ArrayList<>();
      recorded.path("scrape_pools").forEach(pool -> pools.add(pool.asText()));
      if (!recorded.has("scrape_pools_failed")) {
        List<String> jobs =
            result.configuration().orElseThrow().jobs().stream()
                .map(ScrapeConfig::jobName)
                .sorted()
                .toList();
        compare("scrape_pools", pools, jobs, out);
      }
    }
    if (!valid && !recorded.get("message").asText().startsWith("panic")) {
      named(recorded.get("message").asText(), problems.toString(), out);
    }
    return out.toString();
  }

  /** Adds a key that Prometheus shows since 3.15, to recordings of an older version. */
  private static Object withLogLevel(Object effective) {
    if (effective instanceof Map<?, ?> sections
        && sections.get("runtime") instanceof Map<?, ?> runtime
        && !runtime.containsKey("log_level")) {
      Map<Object, Object> newer = new LinkedHashMap<>(sections);
      Map<Object, Object> level = new LinkedHashMap<>(runtime);
      level.put("log_level", "info");
      newer.put("runtime", level);
      return newer;
    }
    return effective;
  }

  private static Object effective(JsonNode recorded) {
    return new Yaml().load(recorded.get("config").asText());
  }

  private static Object effective(LoadResult result, String prefix) {
    String text = new Yaml().dump(result.configuration().orElseThrow().effective());
    return new Yaml().load(text.replace(prefix, ""));
  }

  /** promdisco's message must name the keys and values in the message of Prometheus. */
  private static void named(String theirs, String ours, StringBuilder out) {
    for (Pattern pattern : List.of(QUOTED, FIELD)) {
      Matcher matcher = pattern.matcher(theirs);
      while (matcher.find()) {
        String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        String last = name.substring(name.lastIndexOf('/') + 1);
        if (!ours.toLowerCase(Locale.ROOT).contains(last.toLowerCase(Locale.ROOT))) {
          out.append("does not name ").append(name).append(": ").append(ours);
        }
      }
    }
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
