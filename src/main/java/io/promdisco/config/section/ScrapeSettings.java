package io.promdisco.config.section;

import io.promdisco.config.NameEscaping;
import io.promdisco.config.Problem;
import io.promdisco.config.ScrapeChecks;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.ScrapeProtocol;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.NameValidation;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.model.PrometheusSize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings that {@code global} and a job have in common: read alike, and inherited by a job
 * where it does not say otherwise. One for each section that is read.
 */
public final class ScrapeSettings {
  /** What is asked for by default. */
  static final List<String> PROTOCOLS =
      ScrapeConfig.DEFAULT_PROTOCOLS.stream().map(ScrapeProtocol::text).toList();

  static final String PROTOBUF = ScrapeProtocol.PROMETHEUS_PROTO.text();
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

  final Section section;
  Duration interval;
  Duration timeout;
  @Nullable List<String> protocols;
  final long bodySizeLimit;
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
    bodySizeLimit = section.size("body_size_limit");
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
          "unrecognized ValidationScheme: \""
              + scheme
              + "\" (expected: utf8 or legacy"
              + Problem.hint(scheme, List.of("utf8", "legacy"))
              + ")");
      return "";
    }
    return scheme;
  }

  /** A limit that fits into 63 bits, which no larger one differs from. */
  long limit(String name) {
    return capped(limits.getOrDefault(name, BigInteger.ZERO));
  }

  static long capped(BigInteger number) {
    return number.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }

  /** As it is shown: nothing if there is no limit. */
  static String shownSize(long bytes) {
    return bytes == 0 ? "" : PrometheusSize.format(bytes);
  }

  NameValidation nameValidation() {
    return validation.equals("legacy") ? NameValidation.LEGACY : NameValidation.UTF8;
  }

  /** Checks the settings of {@code global}, and sets what is not written to its default. */
  void completeGlobal() {
    if (interval.isZero()) {
      interval = ScrapeConfig.DEFAULT_INTERVAL;
    }
    if (timeout.compareTo(interval) > 0) {
      section.error(
          "scrape_timeout",
          "global scrape timeout greater than scrape interval (expected: at most "
              + PrometheusDuration.format(interval)
              + ")");
    }
    if (timeout.isZero()) {
      timeout =
          ScrapeConfig.DEFAULT_TIMEOUT.compareTo(interval) < 0
              ? ScrapeConfig.DEFAULT_TIMEOUT
              : interval;
    }
    if (protocols != null) {
      ScrapeChecks.protocols(protocols, " for global config", section::note);
    }
  }

  /** Takes what a job does not say from {@code global}. */
  void inherit(ScrapeSettings global, Merged target) {
    if (interval.isZero()) {
      interval = global.interval;
    }
    ScrapeChecks.timeout(target.jobName, timeout, interval, section::note);
    if (timeout.isZero()) {
      timeout = global.timeout.compareTo(interval) < 0 ? global.timeout : interval;
    }
    limits.replaceAll(
        (name, limit) ->
            limit.signum() == 0 ? global.limits.getOrDefault(name, BigInteger.ZERO) : limit);
    target.bodySizeLimit = bodySizeLimit == 0 ? global.bodySizeLimit : bodySizeLimit;
    target.failureLogFile = failureLogFile.isEmpty() ? global.failureLogFile : failureLogFile;
    target.nativeHistograms = or(nativeHistograms, global.nativeHistograms);
    target.classicToNhcb = or(classicToNhcb, global.classicToNhcb);
    target.alwaysClassic = or(alwaysClassic, global.alwaysClassic);
    target.extraMetrics = or(extraMetrics, global.extraMetrics);
    target.protocols = protocols(global, target);
    names(global, target);
  }

  private static NameEscaping or(@Nullable NameEscaping known, NameEscaping otherwise) {
    return known == null ? otherwise : known;
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
      ScrapeChecks.protocols(protocols, ScrapeChecks.ofJob(target.jobName), section::note);
    }
    return chosen;
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
    }
    target.validation = scheme.equals("legacy") ? NameValidation.LEGACY : NameValidation.UTF8;
    target.nameEscaping = or(NameEscaping.of(chosen), NameEscaping.UNDERSCORES);
    ScrapeChecks.escaping(
        escaping.isEmpty() ? "metric_name_validation_scheme" : "metric_name_escaping_scheme",
        target.validation,
        target.nameEscaping,
        section::note);
    target.escaping = chosen;
  }

  /** A job's settings with what it inherits. */
  static final class Merged {
    final String jobName;
    long bodySizeLimit;
    String failureLogFile = "";
    boolean nativeHistograms;
    boolean classicToNhcb;
    boolean alwaysClassic;
    boolean extraMetrics;
    List<String> protocols = List.of();
    NameValidation validation = NameValidation.UTF8;
    String escaping = "";
    NameEscaping nameEscaping = NameEscaping.ALLOW_UTF_8;

    Merged(String jobName) {
      this.jobName = jobName;
    }
  }
}
