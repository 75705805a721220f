package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.NameEscaping;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.ConfigScalars;
import io.promdisco.config.yaml.EffectiveSection;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.NameValidation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code global}.
 *
 * @hidden
 */
@Internal
public final class GlobalReader {
  private static final Setting<Map<String, String>> LABELS =
      Setting.of(
          "external_labels",
          "map of texts",
          "",
          (global, key, paths) -> global.stringMap(key, false));
  static final SectionTable TABLE =
      SectionTable.of(
          "global",
          ScrapeSettings.INTERVAL.documented("duration", "1m").always(),
          ScrapeSettings.TIMEOUT
              .documented("duration", "10s; the interval if that is shorter")
              .always(),
          ScrapeSettings.PROTOCOLS,
          Setting.duration("evaluation_interval")
              .documented("duration", "1m")
              .shownBy(
                  "always",
                  (to, key, value) ->
                      to.always(key, value.isZero() ? ScrapeConfig.DEFAULT_INTERVAL : value)),
          Setting.duration("rule_query_offset"),
          Setting.file("query_log_file"),
          Setting.unsigned("query_max_series"),
          Setting.unsigned("query_max_samples_read"),
          Setting.duration("query_max_duration"),
          ScrapeSettings.FAILURE_LOG,
          LABELS,
          ScrapeSettings.BODY_SIZE,
          ScrapeSettings.SAMPLE_LIMIT,
          ScrapeSettings.TARGET_LIMIT,
          ScrapeSettings.LABEL_LIMIT,
          ScrapeSettings.LABEL_NAME_LIMIT,
          ScrapeSettings.LABEL_VALUE_LIMIT,
          ScrapeSettings.KEEP_DROPPED,
          ScrapeSettings.VALIDATION.shownBy(
              "always", (to, key, value) -> to.always(key, value.isEmpty() ? "utf8" : value)),
          ScrapeSettings.ESCAPING,
          ScrapeSettings.NATIVE.shownBy("always", GlobalReader::showFlag),
          ScrapeSettings.TO_NHCB,
          ScrapeSettings.CLASSIC,
          ScrapeSettings.EXTRA.shownBy("always", GlobalReader::showFlag));

  private final Function<String, @Nullable String> environment;

  public GlobalReader(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * The result of reading the section.
   *
   * @param settings the settings that all jobs inherit
   * @param shown the section as the effective configuration shows it
   * @hidden
   */
  public record Result(SettingValues settings, Map<String, Object> shown) {
    /** Which names of labels and metrics are valid in jobs that do not set it. */
    public NameValidation names() {
      return ScrapeSettings.nameValidation(settings);
    }
  }

  /** Reads the section. */
  public Result read(Section root, ConfigPaths paths) {
    SettingValues global = TABLE.readKnown(root.sectionOrEmpty("global"), paths);
    if (root.section("global") == null) {
      // Prometheus uses this default only if the whole section is missing.
      global.set(ScrapeSettings.ESCAPING, NameEscaping.ALLOW_UTF_8.text());
    }
    global.set(LABELS, externalLabels(global));
    global.section().finish();
    ScrapeSettings.completeGlobal(global);
    return new Result(global, global.shown());
  }

  private Map<String, String> externalLabels(SettingValues read) {
    Section global = read.section();
    NameValidation names = ScrapeSettings.nameValidation(read);
    Map<String, String> labels = new LinkedHashMap<>();
    read.get(LABELS)
        .forEach(
            (name, value) -> {
              if (!names.isValidLabelName(name)) {
                global.entryError(
                    LABELS.key(),
                    name,
                    "\"" + name + "\" is not a valid label name (expected: " + rule(names) + ")");
              }
              if (!ConfigScalars.isUnicode(value)) {
                global.error(
                    LABELS.key(),
                    "\"" + value + "\" is not a valid label value (expected: text in UTF-8)");
              }
              labels.put(
                  name,
                  EnvironmentVariables.expand(value, variable -> value(global, name, variable)));
            });
    return labels;
  }

  private static void showFlag(EffectiveSection to, String key, Optional<Boolean> flag) {
    to.always(key, flag.orElse(false));
  }

  private static String rule(NameValidation names) {
    return names == NameValidation.LEGACY ? "letters, digits and _" : "any text but an empty one";
  }

  private String value(Section global, String label, String variable) {
    String value = environment.apply(variable);
    if (value == null || value.isEmpty()) {
      global.entryWarn(
          LABELS.key(),
          label,
          ProblemKind.QUESTIONABLE,
          "environment variable " + variable + " is empty or not set");
      return "";
    }
    return value;
  }
}
