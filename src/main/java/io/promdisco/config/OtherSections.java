package io.promdisco.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * The sections that do not shape targets: looked at as far as their own keys go, and otherwise
 * ignored. What is in them is not shown, since it may hold secrets.
 */
final class OtherSections {
  static final Pattern FILE_PATTERN = Pattern.compile("[^*]*(\\*[^/]*)?");

  private OtherSections() {}

  static Map<String, Object> read(Section root, Paths paths) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("runtime", runtime(root));
    List<String> rules = files(root, "rule_files", "rule", paths);
    if (!rules.isEmpty()) {
      shown.put("rule_files", rules);
    }
    for (String ignored : List.of("alerting", "remote_write", "remote_read", "tracing")) {
      Node value = root.value(ignored);
      if (value instanceof ScalarNode scalar && !Scalars.isNull(scalar)) {
        root.error(ignored, "cannot unmarshal text into a section (expected: keys and values)");
      }
    }
    shown.put("storage", storage(root));
    shown.put("otlp", otlp(root));
    return shown;
  }

  private static Map<String, Object> runtime(Section root) {
    Section runtime = root.section("runtime");
    long gogc = 0;
    if (runtime != null) {
      gogc = runtime.integer("gogc", 0);
      runtime.finish();
    }
    return Map.of("gogc", gogc == 0 ? 75 : gogc);
  }

  /** A list of files, the last part of each with at most one {@code *}. */
  static List<String> files(Section root, String key, String kind, Paths paths) {
    List<String> files = new ArrayList<>();
    for (String file : HttpClientReader.orEmpty(root.strings(key))) {
      if (!FILE_PATTERN.matcher(file).matches()) {
        root.error(
            key,
            "invalid "
                + kind
                + " file path \""
                + file
                + "\" (expected: at most one *, in the last part)");
      }
      files.add(paths.resolve(file));
    }
    return files;
  }

  private static Map<String, Object> storage(Section root) {
    Map<String, Object> tsdb = new LinkedHashMap<>();
    tsdb.put("outofordertimewindow", 0);
    Map<String, Object> retention = new LinkedHashMap<>(Map.of("time", "15d"));
    Section storage = root.section("storage");
    if (storage != null) {
      Section given = storage.section("tsdb");
      if (given != null) {
        given.string("out_of_order_time_window");
        given.number("stale_series_compaction_threshold");
        Section kept = given.section("retention");
        if (kept != null) {
          kept.string("time");
          kept.string("size");
          kept.number("percentage");
          kept.finish();
        }
        given.finish();
      }
      Section exemplars = storage.section("exemplars");
      if (exemplars != null) {
        exemplars.integer("max_exemplars", 0);
        exemplars.finish();
      }
      storage.finish();
    }
    tsdb.put("retention", retention);
    return new LinkedHashMap<>(Map.of("tsdb", tsdb));
  }

  private static Map<String, Object> otlp(Section root) {
    root.value("otlp");
    Map<String, Object> otlp = new LinkedHashMap<>();
    otlp.put("translation_strategy", "UnderscoreEscapingWithSuffixes");
    otlp.put("label_name_underscore_sanitization", true);
    otlp.put("label_name_preserve_multiple_underscores", true);
    return otlp;
  }
}
