package io.promdisco.config.section;

import io.promdisco.config.HttpClientChecks;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import io.promdisco.model.NameValidation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the sections that do not shape targets: checked and shown, and otherwise ignored. */
public final class OtherSections {
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

  private final Section root;
  private final Paths paths;
  private final NameValidation names;
  private final AlertingReader alerting;
  private final RemoteReader remote;

  public OtherSections(Section root, Paths paths, Sources sources, ScrapeSettings global) {
    this.root = root;
    this.paths = paths;
    this.names = global.nameValidation();
    this.alerting = new AlertingReader(sources, paths, names);
    this.remote = new RemoteReader(paths, names);
  }

  public void runtime(Map<String, Object> shown) {
    Section written = root.section("runtime");
    Section runtime = written == null ? Section.empty("runtime", root.problems()) : written;
    long gogc = runtime.integer("gogc", DEFAULT_GOGC);
    String level = logLevel(runtime);
    runtime.finish();
    boolean nothing = gogc == 0 && level.isEmpty();
    put(
        shown,
        "runtime",
        new Shown()
            .unlessZero("gogc", nothing ? DEFAULT_GOGC : gogc)
            .unlessZero("log_level", nothing ? DEFAULT_LOG_LEVEL : level)
            .map());
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

  public void alerting(Map<String, Object> shown) {
    put(shown, "alerting", alerting.read(root));
  }

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

  /** A list of files, the last part of each with at most one {@code *}. */
  public static List<String> files(Section root, String key, String kind, Paths paths) {
    List<String> files = new ArrayList<>();
    for (String file : HttpClientReader.orEmpty(root.strings(key))) {
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

  public void storage(Map<String, Object> shown) {
    Shown visible = new Shown();
    Section storage = root.section("storage");
    Section tsdb = storage == null ? null : storage.section("tsdb");
    visible.always("tsdb", tsdb == null ? tsdb(Section.empty("", root.problems())) : tsdb(tsdb));
    Section exemplars = storage == null ? null : storage.layeredSection("exemplars");
    if (exemplars != null) {
      visible.always(
          "exemplars",
          new Shown().unlessZero("max_exemplars", exemplars.integer("max_exemplars", 0)).map());
      exemplars.finish();
    }
    if (storage != null) {
      storage.finish();
    }
    shown.put("storage", visible.map());
  }

  private static Map<String, Object> tsdb(Section tsdb) {
    Duration window = tsdb.duration("out_of_order_time_window", Duration.ZERO);
    tsdb.integer("outofordertimewindow", 0);
    double threshold = tsdb.number("stale_series_compaction_threshold");
    String floats = "";
    Section encoding = tsdb.layeredSection("chunk_encoding");
    if (encoding != null) {
      floats = encoding.string("floats");
      if (!Set.of("", "xor", "xor2").contains(floats)) {
        encoding.error("floats", "\"" + floats + "\" (expected: xor, xor2 or no key)");
      }
      encoding.finish();
    }
    Section retention = tsdb.section("retention");
    Shown kept = new Shown();
    if (retention == null) {
      kept.always("time", "15d");
    } else {
      retention(retention, kept);
    }
    tsdb.finish();
    return new Shown()
        .always("outofordertimewindow", window.toMillis())
        .unlessZero("out_of_order_time_window", window)
        .unlessZero("stale_series_compaction_threshold", threshold)
        .unlessZero("chunk_encoding", new Shown().unlessZero("floats", floats).map())
        .always("retention", kept.map())
        .map();
  }

  private static void retention(Section retention, Shown kept) {
    long size = retention.size("size");
    double percentage = retention.number("percentage");
    if (size < 0) {
      retention.error("size", "must be greater than or equal to 0");
    }
    if (percentage < 0 || percentage > 100) {
      retention.error("percentage", percentage + " (expected: 0 to 100)");
    }
    kept.unlessZero("time", retention.duration("time", Duration.ZERO))
        .unlessZero("size", ScrapeSettings.shownSize(size))
        .unlessZero("percentage", percentage);
    retention.finish();
  }

  public void tracing(Map<String, Object> shown) {
    Section tracing = root.section("tracing");
    if (tracing == null) {
      return;
    }
    Shown visible = new Shown();
    String type = tracing.string("client_type", "grpc");
    if (tracing.isSet("client_type") && !Set.of("http", "grpc").contains(type)) {
      tracing.error("client_type", "\"" + type + "\" (expected: http or grpc)");
    }
    String endpoint = tracing.string("endpoint");
    if (endpoint.isEmpty()) {
      tracing.error("endpoint", "tracing endpoint must be set (expected: host:port)");
    }
    String compression = tracing.string("compression");
    if (!compression.isEmpty() && !compression.equals("gzip")) {
      tracing.error("compression", "\"" + compression + "\" (expected: gzip)");
    }
    Map<String, String> headers = tracing.stringMap("headers");
    for (String header : headers.keySet()) {
      String wrong = HttpClientChecks.remoteHeaderProblem(header);
      if (wrong != null) {
        tracing.entryError("headers", header, wrong);
      }
    }
    visible
        .unlessZero("client_type", type)
        .unlessZero("endpoint", endpoint)
        .unlessZero("sampling_fraction", tracing.number("sampling_fraction"))
        .unlessZero("insecure", tracing.bool("insecure", false));
    HttpClientReader.tls(tracing, paths, visible);
    visible
        .unlessZero("headers", headers)
        .unlessZero("compression", compression)
        .unlessZero("timeout", tracing.duration("timeout", Duration.ZERO));
    tracing.finish();
    put(shown, "tracing", visible.map());
  }

  public void remote(Map<String, Object> shown) {
    List<Map<String, Object>> writes = remote.writes(root);
    if (!writes.isEmpty()) {
      shown.put("remote_write", writes);
    }
    List<Map<String, Object>> reads = remote.reads(root);
    if (!reads.isEmpty()) {
      shown.put("remote_read", reads);
    }
  }

  public void otlp(Map<String, Object> shown) {
    Section written = root.section("otlp");
    if (written == null && root.has("otlp")) {
      return; // Null is nothing at all, not the defaults.
    }
    Section otlp = written == null ? Section.empty("otlp", root.problems()) : written;
    boolean all = otlp.bool("promote_all_resource_attributes", false);
    List<String> promoted = attributes(otlp, "promote_resource_attributes", all);
    List<String> ignored = attributes(otlp, "ignore_resource_attributes", !all);
    String translation = otlp.string("translation_strategy", TRANSLATIONS.get(0));
    if (!translation.isEmpty() && !TRANSLATIONS.contains(translation)) {
      otlp.error(
          "translation_strategy",
          "unsupported OTLP translation strategy \""
              + translation
              + "\" (expected: one of "
              + String.join(", ", TRANSLATIONS)
              + Problem.hint(translation, TRANSLATIONS)
              + ")");
    } else if (translation.startsWith("No") && names == NameValidation.LEGACY) {
      otlp.error(
          "translation_strategy",
          "OTLP translation strategy \""
              + translation
              + "\" is not allowed when UTF8 is disabled (expected: "
              + "global.metric_name_validation_scheme utf8)");
    }
    put(
        shown,
        "otlp",
        new Shown()
            .unlessZero("promote_all_resource_attributes", all)
            .unlessZero("promote_resource_attributes", promoted)
            .unlessZero("ignore_resource_attributes", ignored)
            .unlessZero("translation_strategy", translation)
            .unlessZero(
                "keep_identifying_resource_attributes",
                otlp.bool("keep_identifying_resource_attributes", false))
            .unlessZero(
                "convert_histograms_to_nhcb", otlp.bool("convert_histograms_to_nhcb", false))
            .unlessZero("promote_scope_metadata", otlp.bool("promote_scope_metadata", false))
            .unlessZero(
                "label_name_underscore_sanitization",
                otlp.bool("label_name_underscore_sanitization", true))
            .unlessZero(
                "label_name_preserve_multiple_underscores",
                otlp.bool("label_name_preserve_multiple_underscores", true))
            .map());
    otlp.finish();
  }

  /**
   * Names without blanks around them, each once.
   *
   * @param forbidden whether the other way to choose attributes rules this one out
   */
  private static List<String> attributes(Section otlp, String key, boolean forbidden) {
    List<String> attributes = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String written : HttpClientReader.orEmpty(otlp.strings(key))) {
      String attribute = written.strip();
      if (attribute.isEmpty() || !seen.add(attribute)) {
        otlp.error(
            key,
            attributes.size(),
            (attribute.isEmpty() ? "empty" : "duplicated") + " OTel resource attribute");
      }
      attributes.add(attribute);
    }
    if (forbidden && !attributes.isEmpty()) {
      otlp.error(
          key,
          key.startsWith("promote")
              ? "cannot be configured together with 'promote_all_resource_attributes'"
              : "cannot be configured unless 'promote_all_resource_attributes' is true");
    }
    return attributes;
  }

  private static void put(Map<String, Object> shown, String key, Map<String, Object> section) {
    if (!section.isEmpty()) {
      shown.put(key, section);
    }
  }
}
