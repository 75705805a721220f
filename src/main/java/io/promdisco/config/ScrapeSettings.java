package io.promdisco.config;

import io.promdisco.model.NameValidation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings that {@code global} and a job have in common: read alike, and inherited by a job
 * where it does not say otherwise. One for each section that is read.
 */
final class ScrapeSettings {
  static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);
  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
  static final List<String> PROTOCOLS =
      List.of(
          "OpenMetricsText1.0.0",
          "OpenMetricsText0.0.1",
          "PrometheusText1.0.0",
          "PrometheusText0.0.4");
  static final String PROTOBUF = "PrometheusProto";
  private static final Set<String> ESCAPING =
      Set.of("allow-utf-8", "underscores", "dots", "values");
  private static final List<String> LIMITS =
      List.of(
          "sample_limit",
          "target_limit",
          "label_limit",
          "label_name_length_limit",
          "label_value_length_limit",
          "keep_dropped_targets");
  private static final Pattern SIZE_PART =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)([A-Za-z]*)");
  private static final String SIZE_UNITS = "KMGTPE";

  final Section section;
  Duration interval;
  Duration timeout;
  @Nullable List<String> protocols;
  final String bodySizeLimit;
  final Map<String, BigInteger> limits = new LinkedHashMap<>();
  final String failureLogFile;
  final String validation;
  final String escaping;
  final @Nullable Boolean nativeHistograms;
  final @Nullable Boolean classicToNhcb;
  final @Nullable Boolean alwaysClassic;
  final @Nullable Boolean extraMetrics;

  ScrapeSettings(Section section, Paths paths) {
    this.section = section;
    interval = section.duration("scrape_interval", Duration.ZERO);
    timeout = section.duration("scrape_timeout", Duration.ZERO);
    protocols = section.strings("scrape_protocols");
    bodySizeLimit = size(section);
    for (String limit : LIMITS) {
      limits.put(limit, section.unsigned(limit));
    }
    failureLogFile = paths.resolve(section.string("scrape_failure_log_file"));
    validation = validation(section);
    escaping = section.string("metric_name_escaping_scheme");
    nativeHistograms = section.optionalBool("scrape_native_histograms");
    classicToNhcb = section.optionalBool("convert_classic_histograms_to_nhcb");
    alwaysClassic = section.optionalBool("always_scrape_classic_histograms");
    extraMetrics = section.optionalBool("extra_scrape_metrics");
  }

  private static String validation(Section section) {
    String scheme = section.string("metric_name_validation_scheme");
    if (!Set.of("", "utf8", "legacy").contains(scheme)) {
      section.error(
          "metric_name_validation_scheme",
          "unrecognized ValidationScheme: \"" + scheme + "\" (expected: utf8 or legacy)");
      return "";
    }
    return scheme;
  }

  /** Powers of 1,024, as {@code 1MB} or {@code 1MiB}; shown in the largest whole units. */
  private static String size(Section section) {
    String text = section.string("body_size_limit");
    if (text.isEmpty() || text.equals("0")) {
      return "";
    }
    BigDecimal bytes = BigDecimal.ZERO;
    Matcher part = SIZE_PART.matcher(text);
    int at = 0;
    while (part.find() && part.start() == at) {
      String unit = part.group(2).toUpperCase(Locale.ROOT).replaceFirst("I?B$", "");
      int power = unit.isEmpty() ? 0 : SIZE_UNITS.indexOf(unit) + 1;
      if (part.group(2).isEmpty() || (unit.length() > 0 && power == 0) || unit.length() > 1) {
        section.error(
            "body_size_limit",
            "units: unknown unit " + part.group(2) + " in " + text + " (expected: as 10MB)");
        return "";
      }
      bytes =
          bytes.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(1024).pow(power)));
      at = part.end();
    }
    if (at < text.length()) {
      section.error("body_size_limit", "units: invalid " + text + " (expected: as 10MB)");
      return "";
    }
    return size(bytes.longValue());
  }

  private static String size(long bytes) {
    if (bytes == 0) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    long rest = bytes;
    for (int power = SIZE_UNITS.length(); power >= 0; power--) {
      long unit = 1L << (10 * power);
      if (rest >= unit) {
        out.append(rest / unit).append(power == 0 ? "B" : SIZE_UNITS.charAt(power - 1) + "iB");
        rest %= unit;
      }
    }
    return out.toString();
  }

  /** Takes what a job does not say from {@code global}. */
  void inherit(ScrapeSettings global, Merged target) {
    if (interval.isZero()) {
      interval = global.interval;
    }
    if (timeout.compareTo(interval) > 0) {
      section.error(
          "scrape_timeout",
          "scrape timeout greater than scrape interval for scrape config with job name \""
              + target.jobName
              + "\"");
    }
    if (timeout.isZero()) {
      timeout = global.timeout.compareTo(interval) < 0 ? global.timeout : interval;
    }
    limits.replaceAll(
        (name, limit) ->
            limit.signum() == 0 ? global.limits.getOrDefault(name, BigInteger.ZERO) : limit);
    target.bodySizeLimit = bodySizeLimit.isEmpty() ? global.bodySizeLimit : bodySizeLimit;
    target.failureLogFile = failureLogFile.isEmpty() ? global.failureLogFile : failureLogFile;
    target.nativeHistograms = or(nativeHistograms, global.nativeHistograms);
    target.classicToNhcb = or(classicToNhcb, global.classicToNhcb);
    target.alwaysClassic = or(alwaysClassic, global.alwaysClassic);
    target.extraMetrics = or(extraMetrics, global.extraMetrics);
    target.protocols = protocols(global, target);
    names(global, target);
  }

  private static boolean or(@Nullable Boolean own, @Nullable Boolean inherited) {
    return own != null ? own : inherited != null && inherited;
  }

  private List<String> protocols(ScrapeSettings global, Merged target) {
    List<String> chosen = protocols;
    if (chosen == null) {
      chosen = global.protocols;
    }
    if (chosen == null) {
      chosen = new ArrayList<>(PROTOCOLS);
      if (target.nativeHistograms) {
        chosen.add(0, PROTOBUF);
      }
    } else if (protocols != null) {
      checkProtocols(" for scrape config with job name \"" + target.jobName + "\"");
    }
    return chosen;
  }

  void checkProtocols(String where) {
    if (protocols == null) {
      return;
    }
    if (protocols.isEmpty()) {
      section.error("scrape_protocols", "scrape_protocols cannot be empty" + where);
    }
    Set<String> found = new HashSet<>();
    for (String protocol : protocols) {
      if (!found.add(protocol.toLowerCase(Locale.ROOT))) {
        section.error(
            "scrape_protocols",
            "duplicated protocol in scrape_protocols, got " + protocols + where);
      }
      String wrong = protocolProblem(protocol);
      if (wrong != null) {
        section.error("scrape_protocols", "scrape_protocols: " + wrong + where);
      }
    }
  }

  static @Nullable String protocolProblem(String protocol) {
    Set<String> known = new TreeSet<>(PROTOCOLS);
    known.add(PROTOBUF);
    return known.contains(protocol)
        ? null
        : "unknown scrape protocol " + protocol + ", supported: [" + String.join(" ", known) + "]";
  }

  private void names(ScrapeSettings global, Merged target) {
    String globalScheme = global.validation.isEmpty() ? "utf8" : global.validation;
    String scheme = validation.isEmpty() ? globalScheme : validation;
    String globalEscaping =
        global.escaping.isEmpty()
            ? (globalScheme.equals("legacy") ? "underscores" : "allow-utf-8")
            : global.escaping;
    if (!ESCAPING.contains(globalEscaping)) {
      global.section.error(
          "metric_name_escaping_scheme",
          "unknown global name escaping method specified, must be one of 'allow-utf-8',"
              + " 'underscores', 'dots', or 'values', got \""
              + globalEscaping
              + "\"");
      globalEscaping = "underscores";
    }
    String chosen = escaping;
    if (chosen.isEmpty()) {
      chosen =
          validation.isEmpty()
              ? globalEscaping
              : scheme.equals("legacy") ? "underscores" : "allow-utf-8";
    }
    if (!ESCAPING.contains(chosen)) {
      section.error(
          "metric_name_escaping_scheme",
          "unknown scrape config name escaping method specified, must be one of 'allow-utf-8',"
              + " 'underscores', 'dots', or 'values', got \""
              + chosen
              + "\"");
    } else if (chosen.equals("allow-utf-8") && scheme.equals("legacy")) {
      section.error(
          escaping.isEmpty() ? "metric_name_validation_scheme" : "metric_name_escaping_scheme",
          "utf8 metric names requested but validation scheme is not set to UTF8");
    }
    target.validation = scheme.equals("legacy") ? NameValidation.LEGACY : NameValidation.UTF8;
    target.escaping = chosen;
  }

  /** A job's settings with what it inherits. */
  static final class Merged {
    final String jobName;
    String bodySizeLimit = "";
    String failureLogFile = "";
    boolean nativeHistograms;
    boolean classicToNhcb;
    boolean alwaysClassic;
    boolean extraMetrics;
    List<String> protocols = List.of();
    NameValidation validation = NameValidation.UTF8;
    String escaping = "";

    Merged(String jobName) {
      this.jobName = jobName;
    }
  }
}
