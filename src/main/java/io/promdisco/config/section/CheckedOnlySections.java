package io.promdisco.config.section;

import static io.promdisco.config.table.Setting.bool;
import static io.promdisco.config.table.Setting.choice;
import static io.promdisco.config.table.Setting.defaultSection;
import static io.promdisco.config.table.Setting.duration;
import static io.promdisco.config.table.Setting.integer;
import static io.promdisco.config.table.Setting.number;
import static io.promdisco.config.table.Setting.section;
import static io.promdisco.config.table.Setting.size;
import static io.promdisco.config.table.Setting.text;
import static io.promdisco.config.table.Setting.wholeSection;

import io.promdisco.Internal;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.NameValidation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads the sections that do not affect targets. They are checked and shown, and otherwise ignored.
 *
 * @hidden
 */
@Internal
public final class CheckedOnlySections {
  private static final Pattern FILE_PATTERN = Pattern.compile("[^*]*(\\*[^/]*)?");
  private static final long DEFAULT_GOGC = 75;
  private static final String DEFAULT_LOG_LEVEL = "info";
  private static final List<String> LOG_LEVELS =
      List.of("debug", DEFAULT_LOG_LEVEL, "warn", "error");
  private static final List<String> TRANSLATIONS =
      List.of(
          "UnderscoreEscapingWithSuffixes",
          "UnderscoreEscapingWithoutSuffixes",
          "NoUTF8EscapingWithSuffixes",
          "NoTranslation");

  private static final Setting<Long> GOGC = integer("gogc", DEFAULT_GOGC);
  private static final Setting<String> LOG_LEVEL =
      Setting.of(
          "log_level",
          String.join(", ", LOG_LEVELS),
          DEFAULT_LOG_LEVEL,
          (runtime, key, paths) -> logLevel(runtime));
  static final SectionTable RUNTIME =
      SectionTable.of("runtime", GOGC, LOG_LEVEL)
          .checked(
              runtime -> {
                if (runtime.get(GOGC) == 0 && runtime.get(LOG_LEVEL).isEmpty()) {
                  runtime.set(GOGC, DEFAULT_GOGC);
                  runtime.set(LOG_LEVEL, DEFAULT_LOG_LEVEL);
                }
              });

  static final SectionTable CHUNK_ENCODING =
      SectionTable.of(
          "chunk_encoding",
          choice("floats", "", List.of("xor", "xor2"))
              .accepted(
                  Set.of("", "xor", "xor2")::contains,
                  floats -> "\"" + floats + "\" (expected: xor or xor2, or no key)"));
  static final SectionTable RETENTION =
      SectionTable.of(
          "retention",
          duration("time"),
          size("size").accepted(size -> size >= 0, size -> "must be greater than or equal to 0"),
          number("percentage")
              .accepted(
                  percentage -> !(percentage < 0 || percentage > 100),
                  percentage -> percentage + " (expected: 0 to 100)"));
  private static final String WINDOW_MILLIS = "outofordertimewindow";
  static final SectionTable TSDB =
      SectionTable.of(
          "tsdb",
          duration("out_of_order_time_window")
              .shownBy(
                  "if set",
                  (to, key, window) ->
                      to.always(WINDOW_MILLIS, window.toMillis()).unlessZero(key, window)),
          integer(WINDOW_MILLIS, 0).shownBy("as milliseconds of the other", (to, key, value) -> {}),
          number("stale_series_compaction_threshold"),
          section("chunk_encoding", CHUNK_ENCODING)
              .shownAs(encoding -> encoding.map(SettingValues::shown)),
          wholeSection("retention", RETENTION)
              .shownBy(
                  "always",
                  (to, key, value) ->
                      to.always(
                          key, value.map(SettingValues::shown).orElse(Map.of("time", "15d")))));
  static final SectionTable EXEMPLARS = SectionTable.of("exemplars", integer("max_exemplars", 0));
  static final SectionTable STORAGE =
      SectionTable.of("storage", defaultSection("tsdb", TSDB), section("exemplars", EXEMPLARS));

  static final SectionTable TRACING =
      SectionTable.of(
          "tracing",
          choice("client_type", "grpc", List.of("http", "grpc"))
              .checked(
                  (tracing, key, type) -> {
                    if (tracing.isSet(key) && !Set.of("http", "grpc").contains(type)) {
                      tracing.error(key, "\"" + type + "\" (expected: http or grpc)");
                    }
                  }),
          text("endpoint")
              .accepted(
                  endpoint -> !endpoint.isEmpty(),
                  endpoint -> "tracing endpoint must be set (expected: host:port)"),
          number("sampling_fraction"),
          bool("insecure", false),
          HttpClientReader.tls(HttpClientReader.Owner.OTHER),
          RemoteReader.HEADERS,
          choice("compression", "", List.of("gzip"))
              .accepted(
                  Set.of("", "gzip")::contains,
                  compression -> "\"" + compression + "\" (expected: gzip)"),
          duration("timeout"));

  private static final Setting<Boolean> PROMOTE_ALL =
      bool("promote_all_resource_attributes", false);
  private static final Setting<List<String>> PROMOTED = attributes("promote_resource_attributes");
  private static final Setting<List<String>> IGNORED = attributes("ignore_resource_attributes");
  private static final Setting<String> TRANSLATION =
      choice("translation_strategy", TRANSLATIONS.get(0), TRANSLATIONS);
  static final SectionTable OTLP =
      SectionTable.of(
              "otlp",
              PROMOTE_ALL,
              PROMOTED,
              IGNORED,
              TRANSLATION,
              bool("keep_identifying_resource_attributes", false),
              bool("convert_histograms_to_nhcb", false),
              bool("promote_scope_metadata", false),
              bool("label_name_underscore_sanitization", true),
              bool("label_name_preserve_multiple_underscores", true))
          .checked(
              otlp -> {
                if (otlp.get(PROMOTE_ALL) && !otlp.get(PROMOTED).isEmpty()) {
                  otlp.error(
                      PROMOTED,
                      "cannot be configured together with 'promote_all_resource_attributes'");
                }
                if (!otlp.get(PROMOTE_ALL) && !otlp.get(IGNORED).isEmpty()) {
                  otlp.error(
                      IGNORED,
                      "cannot be configured unless 'promote_all_resource_attributes' is true");
                }
              });

  private final Section root;
  private final ConfigPaths paths;
  private final NameValidation names;
  private final SdConfigReaders sources;

  /** A reader of the sections of a file. */
  public CheckedOnlySections(
      Section root, ConfigPaths paths, SdConfigReaders sources, NameValidation names) {
    this.root = root;
    this.paths = paths;
    this.names = names;
    this.sources = sources;
  }

  /** Reads {@code runtime}. */
  public void runtime(Map<String, Object> shown) {
    put(shown, "runtime", RUNTIME.read(root.sectionOrEmpty("runtime"), paths).shown());
  }

  private static String logLevel(Section runtime) {
    String written = runtime.string("log_level", DEFAULT_LOG_LEVEL);
    String level = written.toLowerCase(Locale.ROOT);
    if (level.isEmpty()) {
      return runtime.isSet("log_level") ? DEFAULT_LOG_LEVEL : "";
    }
    if (!LOG_LEVELS.contains(level)) {
      runtime.error(
          "log_level",
          "unrecognized log level "
              + written
              + " (expected: one of "
              + String.join(", ", LOG_LEVELS)
              + Problem.hint(level, LOG_LEVELS)
              + ")");
    }
    return level;
  }

  /** Reads {@code alerting}. */
  public void alerting(Map<String, Object> shown) {
    if (root.has("alerting")) {
      put(shown, "alerting", new AlertingReader(sources, paths, names).read(root));
    }
  }

  /** Reads {@code rule_files}. */
  public void ruleFiles(Map<String, Object> shown) {
    List<String> files = files(root, "rule_files", "rule", paths);
    if (!files.isEmpty()) {
      shown.put("rule_files", files);
    }
    root.problems().onceRead(root, () -> checkRuleFiles(files));
  }

  private void checkRuleFiles(List<String> files) {
    for (int i = 0; i < files.size(); i++) {
      String file = files.get(i);
      try {
        if (Globs.files(file).isEmpty() && file.indexOf('*') < 0) {
          root.error(
              "rule_files",
              i,
              ProblemKind.MISSING_FILE,
              "\"" + file + "\" does not point to an existing file");
        }
      } catch (PatternSyntaxException e) {
        root.error("rule_files", i, "\"" + file + "\": syntax error in pattern");
      }
    }
  }

  /** Reads a list of files; the last part of each may contain one {@code *}. */
  public static List<String> files(Section root, String key, String kind, ConfigPaths paths) {
    List<String> files = new ArrayList<>();
    for (String file : root.texts(key)) {
      if (!FILE_PATTERN.matcher(file).matches()) {
        root.error(
            key,
            files.size(),
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

  /** Reads {@code storage}. */
  public void storage(Map<String, Object> shown) {
    shown.put("storage", STORAGE.read(root.sectionOrEmpty("storage"), paths).shown());
  }

  /** Reads {@code tracing}. */
  public void tracing(Map<String, Object> shown) {
    Section tracing = root.section("tracing");
    if (tracing != null) {
      put(shown, "tracing", TRACING.read(tracing, paths).shown());
    }
  }

  /** Reads {@code remote_write} and {@code remote_read}. */
  public void remote(Map<String, Object> shown) {
    if (!root.has("remote_write") && !root.has("remote_read")) {
      return;
    }
    RemoteReader remote = new RemoteReader(paths, names);
    List<Map<String, Object>> writes = remote.writes(root);
    if (!writes.isEmpty()) {
      shown.put("remote_write", writes);
    }
    List<Map<String, Object>> reads = remote.reads(root);
    if (!reads.isEmpty()) {
      shown.put("remote_read", reads);
    }
  }

  /** Reads {@code otlp}. */
  public void otlp(Map<String, Object> shown) {
    Section written = root.section("otlp");
    if (written == null && root.has("otlp")) {
      return; // null means no section here, not a section of defaults.
    }
    SettingValues otlp = OTLP.read(root.sectionOrEmpty("otlp"), paths);
    String translation = otlp.get(TRANSLATION);
    if (!translation.isEmpty() && !TRANSLATIONS.contains(translation)) {
      otlp.error(
          TRANSLATION,
          "unsupported OTLP translation strategy \""
              + translation
              + "\" (expected: one of "
              + String.join(", ", TRANSLATIONS)
              + Problem.hint(translation, TRANSLATIONS)
              + ")");
    } else if (translation.startsWith("No") && names == NameValidation.LEGACY) {
      otlp.error(
          TRANSLATION,
          "OTLP translation strategy \""
              + translation
              + "\" is not allowed when UTF8 is disabled (expected: "
              + "global.metric_name_validation_scheme utf8)");
    }
    put(shown, "otlp", otlp.shown());
  }

  /** A list of attribute names. Surrounding blanks are removed, and each name may occur once. */
  private static Setting<List<String>> attributes(String attributesKey) {
    return Setting.of(
        attributesKey,
        "list of texts",
        "",
        (otlp, key, paths) -> {
          List<String> attributes = new ArrayList<>();
          Set<String> seen = new HashSet<>();
          for (String written : otlp.texts(key)) {
            String attribute = written.strip();
            if (attribute.isEmpty() || !seen.add(attribute)) {
              otlp.error(
                  key,
                  attributes.size(),
                  (attribute.isEmpty() ? "empty" : "duplicated") + " OTel resource attribute");
            }
            attributes.add(attribute);
          }
          return attributes;
        });
  }

  private static void put(Map<String, Object> shown, String key, Map<String, Object> section) {
    if (!section.isEmpty()) {
      shown.put(key, section);
    }
  }
}
