package io.promdisco.config.section;

import static io.promdisco.config.table.Setting.optionalBool;
import static io.promdisco.config.table.Setting.unsigned;

import io.promdisco.config.NameEscaping;
import io.promdisco.config.Problem;
import io.promdisco.config.ScrapeChecks;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.ScrapeProtocol;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.NameValidation;
import io.promdisco.model.PrometheusDuration;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings that {@code global} and jobs have in common. A job inherits those that it does not
 * set.
 */
final class ScrapeSettings {
  private static final String LEGACY = "legacy";
  private static final String UTF8 = "utf8";
  private static final String ALLOW_UTF_8 = NameEscaping.ALLOW_UTF_8.text();
  private static final String UNDERSCORES = NameEscaping.UNDERSCORES.text();

  static final Setting<Duration> INTERVAL =
      Setting.duration("scrape_interval").documented("duration", "1m, or that of global");
  static final Setting<Duration> TIMEOUT =
      Setting.duration("scrape_timeout")
          .documented("duration", "10s, or that of global; the interval if that is shorter");
  static final Setting<Optional<List<String>>> PROTOCOLS =
      Setting.of(
          "scrape_protocols",
          "list of " + protocols(),
          "all but OpenMetricsText2.0.0 and PrometheusProto",
          (section, key, paths) -> Optional.ofNullable(section.strings(key)));
  static final Setting<Long> BODY_SIZE = Setting.size("body_size_limit");
  static final Setting<BigInteger> SAMPLE_LIMIT = unsigned("sample_limit");
  static final Setting<BigInteger> TARGET_LIMIT = unsigned("target_limit");
  static final Setting<BigInteger> LABEL_LIMIT = unsigned("label_limit");
  static final Setting<BigInteger> LABEL_NAME_LIMIT = unsigned("label_name_length_limit");
  static final Setting<BigInteger> LABEL_VALUE_LIMIT = unsigned("label_value_length_limit");
  static final Setting<BigInteger> KEEP_DROPPED = unsigned("keep_dropped_targets");
  private static final List<Setting<BigInteger>> LIMITS =
      List.of(
          SAMPLE_LIMIT,
          TARGET_LIMIT,
          LABEL_LIMIT,
          LABEL_NAME_LIMIT,
          LABEL_VALUE_LIMIT,
          KEEP_DROPPED);
  static final Setting<String> FAILURE_LOG = Setting.file("scrape_failure_log_file");
  static final Setting<String> VALIDATION =
      Setting.of("metric_name_validation_scheme", "utf8, legacy", UTF8, ScrapeSettings::validation)
          .always();
  static final Setting<String> ESCAPING =
      Setting.text("metric_name_escaping_scheme")
          .documented(
              Arrays.stream(NameEscaping.values())
                  .map(NameEscaping::text)
                  .collect(Collectors.joining(", ")),
              "allow-utf-8; underscores for legacy names");
  static final Setting<Optional<Boolean>> NATIVE =
      optionalBool("scrape_native_histograms").documented("boolean", false);
  static final Setting<Optional<Boolean>> TO_NHCB =
      optionalBool("convert_classic_histograms_to_nhcb").documented("boolean", false);
  static final Setting<Optional<Boolean>> CLASSIC =
      optionalBool("always_scrape_classic_histograms").documented("boolean", false);
  static final Setting<Optional<Boolean>> EXTRA =
      optionalBool("extra_scrape_metrics").documented("boolean", false);

  private ScrapeSettings() {}

  static String protocols() {
    return Arrays.stream(ScrapeProtocol.values())
        .map(ScrapeProtocol::text)
        .collect(Collectors.joining(", "));
  }

  private static String validation(Section section, String key, ConfigPaths paths) {
    String scheme = section.string(key);
    if (!Set.of("", UTF8, LEGACY).contains(scheme)) {
      section.error(
          key,
          "unrecognized ValidationScheme: \""
              + scheme
              + "\" (expected: utf8 or legacy"
              + Problem.hint(scheme, List.of(UTF8, LEGACY))
              + ")");
      return "";
    }
    return scheme;
  }

  /** Limits a number to the maximum of a long; larger limits make no difference. */
  static long capped(BigInteger number) {
    return number.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }

  static NameValidation nameValidation(SettingValues settings) {
    return settings.get(VALIDATION).equals(LEGACY) ? NameValidation.LEGACY : NameValidation.UTF8;
  }

  static NameEscaping nameEscaping(SettingValues job) {
    NameEscaping known = NameEscaping.of(job.get(ESCAPING));
    return known == null ? NameEscaping.UNDERSCORES : known;
  }

  /** Checks the settings of {@code global}, and sets the defaults of missing keys. */
  static void completeGlobal(SettingValues global) {
    if (global.get(INTERVAL).isZero()) {
      global.set(INTERVAL, ScrapeConfig.DEFAULT_INTERVAL);
    }
    Duration interval = global.get(INTERVAL);
    if (global.get(TIMEOUT).compareTo(interval) > 0) {
      global.error(
          TIMEOUT,
          "global scrape timeout greater than scrape interval (expected: at most "
              + PrometheusDuration.format(interval)
              + ")");
    }
    if (global.get(TIMEOUT).isZero()) {
      global.set(TIMEOUT, shorter(ScrapeConfig.DEFAULT_TIMEOUT, interval));
    }
    global
        .get(PROTOCOLS)
        .ifPresent(
            protocols ->
                ScrapeChecks.protocols(protocols, " for global config", global.section()::note));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Takes missing settings of a job from {@code global}, and checks the result. */
  static void inherit(SettingValues job, String jobName, SettingValues global) {
    if (job.get(INTERVAL).isZero()) {
      job.set(INTERVAL, global.get(INTERVAL));
    }
    Duration interval = job.get(INTERVAL);
    ScrapeChecks.timeout(jobName, job.get(TIMEOUT), interval, job.section()::note);
    if (job.get(TIMEOUT).isZero()) {
      job.set(TIMEOUT, shorter(global.get(TIMEOUT), interval));
    }
    for (Setting<BigInteger> limit : LIMITS) {
      if (job.get(limit).signum() == 0) {
        job.set(limit, global.get(limit));
      }
    }
    if (job.get(BODY_SIZE) == 0) {
      job.set(BODY_SIZE, global.get(BODY_SIZE));
    }
    if (job.get(FAILURE_LOG).isEmpty()) {
      job.set(FAILURE_LOG, global.get(FAILURE_LOG));
    }
    for (Setting<Optional<Boolean>> field : List.of(NATIVE, TO_NHCB, CLASSIC, EXTRA)) {
      job.set(field, Optional.of(job.get(field).or(() -> global.get(field)).orElse(false)));
    }
    inheritProtocols(job, jobName, global);
    inheritNames(job, global);
  }

  private static void inheritProtocols(SettingValues job, String jobName, SettingValues global) {
    Optional<List<String>> own = job.get(PROTOCOLS);
    own.ifPresent(
        protocols ->
            ScrapeChecks.protocols(protocols, ScrapeChecks.ofJob(jobName), job.section()::note));
    job.set(
        PROTOCOLS,
        own.or(() -> global.get(PROTOCOLS))
            .or(
                () ->
                    Optional.of(
                        ScrapeConfig.defaultProtocols(job.get(NATIVE).orElse(false)).stream()
                            .map(ScrapeProtocol::text)
                            .toList())));
  }

  private static void inheritNames(SettingValues job, SettingValues global) {
    String globalEscaping = global.get(ESCAPING);
    if (globalEscaping.isEmpty()) {
      globalEscaping = defaultEscaping(global);
    }
    if (NameEscaping.of(globalEscaping) == null) {
      global.error(ESCAPING, unknownEscaping("global", globalEscaping));
      globalEscaping = UNDERSCORES;
    }
    boolean ownValidation = !job.get(VALIDATION).isEmpty();
    if (!ownValidation) {
      job.set(VALIDATION, global.get(VALIDATION).isEmpty() ? UTF8 : global.get(VALIDATION));
    }
    boolean ownEscaping = !job.get(ESCAPING).isEmpty();
    if (!ownEscaping) {
      job.set(ESCAPING, ownValidation ? defaultEscaping(job) : globalEscaping);
    }
    String escaping = job.get(ESCAPING);
    if (NameEscaping.of(escaping) == null) {
      job.error(ESCAPING, unknownEscaping("scrape config", escaping));
    }
    ScrapeChecks.escaping(
        ownEscaping ? ESCAPING.key() : VALIDATION.key(),
        nameValidation(job),
        nameEscaping(job),
        job.section()::note);
  }

  private static String defaultEscaping(SettingValues settings) {
    return nameValidation(settings) == NameValidation.LEGACY ? UNDERSCORES : ALLOW_UTF_8;
  }

  private static String unknownEscaping(String where, String escaping) {
    return "unknown "
        + where
        + " name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots',"
        + " or 'values', got \""
        + escaping
        + "\"";
  }

  /** Returns the valid protocols of a job. */
  static List<ScrapeProtocol> protocols(SettingValues job) {
    List<ScrapeProtocol> known = new ArrayList<>();
    for (String name : job.get(PROTOCOLS).orElse(List.of())) {
      ScrapeProtocol protocol = ScrapeProtocol.of(name);
      if (protocol != null) {
        known.add(protocol);
      }
    }
    return known;
  }
}
