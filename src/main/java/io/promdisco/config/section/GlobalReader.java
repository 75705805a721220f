package io.promdisco.config.section;

import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Scalars;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import io.promdisco.model.NameValidation;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code global}. */
public final class GlobalReader {
  private final Function<String, @Nullable String> environment;

  public GlobalReader(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /** What all jobs inherit, and how the section is shown. */
  public record Result(ScrapeSettings settings, Map<String, Object> shown) {}

  public Result read(Section root, Paths paths) {
    Section written = root.section("global");
    Section global = written == null ? Section.empty("global", root.problems()) : written;
    ScrapeSettings settings = new ScrapeSettings(global, paths);
    Duration evaluation = global.duration("evaluation_interval", Duration.ZERO);
    Duration offset = global.duration("rule_query_offset", Duration.ZERO);
    String queryLog = paths.resolve(global.string("query_log_file"));
    BigInteger querySeries = global.unsigned("query_max_series");
    BigInteger querySamples = global.unsigned("query_max_samples_read");
    Duration queryDuration = global.duration("query_max_duration", Duration.ZERO);
    Map<String, String> labels = externalLabels(global, settings.nameValidation());
    global.finish();
    settings.completeGlobal();
    Shown shown =
        new Shown()
            .always("scrape_interval", settings.interval)
            .always("scrape_timeout", settings.timeout)
            .unlessZero("scrape_protocols", settings.protocols)
            .always(
                "evaluation_interval",
                evaluation.isZero() ? ScrapeConfig.DEFAULT_INTERVAL : evaluation)
            .unlessZero("rule_query_offset", offset)
            .unlessZero("query_log_file", queryLog)
            .unlessZero("query_max_series", querySeries)
            .unlessZero("query_max_samples_read", querySamples)
            .unlessZero("query_max_duration", queryDuration)
            .unlessZero("scrape_failure_log_file", settings.failureLogFile)
            .unlessZero("external_labels", labels)
            .unlessZero("body_size_limit", ScrapeSettings.shownSize(settings.bodySizeLimit));
    settings.limits.forEach(shown::unlessZero);
    shown
        .always(
            "metric_name_validation_scheme",
            settings.validation.isEmpty() ? "utf8" : settings.validation)
        // Prometheus has a default for it only where the whole section is left out.
        .unlessZero(
            "metric_name_escaping_scheme", written == null ? "allow-utf-8" : settings.escaping)
        .always("scrape_native_histograms", Boolean.TRUE.equals(settings.nativeHistograms))
        .unlessZero("convert_classic_histograms_to_nhcb", settings.classicToNhcb)
        .unlessZero("always_scrape_classic_histograms", settings.alwaysClassic)
        .always("extra_scrape_metrics", Boolean.TRUE.equals(settings.extraMetrics));
    return new Result(settings, shown.map());
  }

  private Map<String, String> externalLabels(Section global, NameValidation names) {
    Map<String, String> labels = new LinkedHashMap<>();
    global
        .stringMap("external_labels", false)
        .forEach(
            (name, value) -> {
              if (!names.isValidLabelName(name)) {
                global.entryError(
                    "external_labels",
                    name,
                    "\"" + name + "\" is not a valid label name (expected: " + rule(names) + ")");
              }
              if (!Scalars.isUnicode(value)) {
                global.error(
                    "external_labels",
                    "\"" + value + "\" is not a valid label value (expected: text in UTF-8)");
              }
              labels.put(
                  name, Environment.expand(value, variable -> value(global, name, variable)));
            });
    return labels;
  }

  private static String rule(NameValidation names) {
    return names == NameValidation.LEGACY ? "letters, digits and _" : "any text but an empty one";
  }

  private String value(Section global, String label, String variable) {
    String value = environment.apply(variable);
    if (value == null || value.isEmpty()) {
      global.entryWarn(
          "external_labels",
          label,
          ProblemKind.QUESTIONABLE,
          "environment variable " + variable + " is empty or not set");
      return "";
    }
    return value;
  }
}
