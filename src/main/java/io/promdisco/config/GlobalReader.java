package io.promdisco.config;

import io.promdisco.model.NameValidation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code global}. */
final class GlobalReader {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:\\{([^}]*)\\}|([A-Za-z0-9_]+|[*#$@!?-]))");

  private final Function<String, @Nullable String> environment;

  GlobalReader(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /** What all jobs inherit, and how the section is shown. */
  record Result(ScrapeSettings settings, Map<String, Object> shown) {}

  Result read(Section global, Paths paths) {
    ScrapeSettings settings = new ScrapeSettings(global, paths);
    boolean anything = global.has("scrape_interval") || !isUnset(global, settings);
    Duration evaluation = global.duration("evaluation_interval", Duration.ZERO);
    Duration offset = global.duration("rule_query_offset", Duration.ZERO);
    String queryLog = paths.resolve(global.string("query_log_file"));
    Map<String, String> labels = externalLabels(global, settings);
    global.finish();
    if (settings.interval.isZero()) {
      settings.interval = ScrapeSettings.DEFAULT_INTERVAL;
    }
    if (settings.timeout.compareTo(settings.interval) > 0) {
      global.error("scrape_timeout", "global scrape timeout greater than scrape interval");
    }
    if (settings.timeout.isZero()) {
      settings.timeout =
          ScrapeSettings.DEFAULT_TIMEOUT.compareTo(settings.interval) < 0
              ? ScrapeSettings.DEFAULT_TIMEOUT
              : settings.interval;
    }
    settings.checkProtocols(" for global config");
    Shown shown =
        new Shown()
            .always("scrape_interval", settings.interval)
            .always("scrape_timeout", settings.timeout)
            .unlessZero("scrape_protocols", settings.protocols)
            .always(
                "evaluation_interval",
                evaluation.isZero() ? ScrapeSettings.DEFAULT_INTERVAL : evaluation)
            .unlessZero("rule_query_offset", offset)
            .unlessZero("query_log_file", queryLog)
            .unlessZero("scrape_failure_log_file", settings.failureLogFile)
            .unlessZero("external_labels", labels)
            .unlessZero("body_size_limit", settings.bodySizeLimit);
    settings.limits.forEach(shown::unlessZero);
    shown.always(
        "metric_name_validation_scheme",
        settings.validation.isEmpty() ? "utf8" : settings.validation);
    if (!settings.escaping.isEmpty()) {
      shown.always("metric_name_escaping_scheme", settings.escaping);
    } else if (!anything) {
      shown.always("metric_name_escaping_scheme", "allow-utf-8");
    }
    shown
        .always("scrape_native_histograms", Boolean.TRUE.equals(settings.nativeHistograms))
        .unlessZero("convert_classic_histograms_to_nhcb", settings.classicToNhcb)
        .unlessZero("always_scrape_classic_histograms", settings.alwaysClassic)
        .always("extra_scrape_metrics", Boolean.TRUE.equals(settings.extraMetrics));
    return new Result(settings, shown.map());
  }

  /** Whether nothing is written that differs from nothing. */
  private static boolean isUnset(Section global, ScrapeSettings settings) {
    return global.unread().isEmpty()
        && settings.timeout.isZero()
        && settings.protocols == null
        && settings.bodySizeLimit.isEmpty()
        && settings.limits.values().stream().allMatch(limit -> limit.signum() == 0)
        && settings.validation.isEmpty()
        && settings.escaping.isEmpty();
  }

  private Map<String, String> externalLabels(Section global, ScrapeSettings settings) {
    NameValidation names =
        settings.validation.equals("legacy") ? NameValidation.LEGACY : NameValidation.UTF8;
    Map<String, String> labels = new LinkedHashMap<>();
    global
        .stringMap("external_labels")
        .forEach(
            (name, value) -> {
              if (!names.isValidLabelName(name)) {
                global.error("external_labels", "\"" + name + "\" is not a valid label name");
              }
              labels.put(name, expand(global, name, value));
            });
    return labels;
  }

  private String expand(Section global, String label, String value) {
    Matcher matcher = VARIABLE.matcher(value);
    StringBuilder out = new StringBuilder();
    int end = 0;
    while (matcher.find()) {
      out.append(value, end, matcher.start());
      end = matcher.end();
      String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      if (name.equals("$")) {
        out.append('$');
        continue;
      }
      String found = environment.apply(name);
      if (found == null || found.isEmpty()) {
        global
            .problems()
            .warning(
                global.place("external_labels"),
                global.child("external_labels") + "." + label,
                "environment variable " + name + " is empty or not set");
      } else {
        out.append(found);
      }
    }
    return out.append(value, end, value.length()).toString();
  }
}
