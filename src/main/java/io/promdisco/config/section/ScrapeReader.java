package io.promdisco.config.section;

import static io.promdisco.config.table.Setting.bool;
import static io.promdisco.config.table.Setting.text;

import io.promdisco.Internal;
import io.promdisco.config.ScrapeChecks;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.ScrapeProtocol;
import io.promdisco.config.SdConfig;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.NameValidation;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one entry of {@code scrape_configs}.
 *
 * @hidden
 */
@Internal
public final class ScrapeReader {
  private static final Setting<String> NAME = text("job_name").always();
  private static final Setting<Boolean> HONOR_LABELS = bool("honor_labels", false);
  private static final Setting<Boolean> HONOR_TIMESTAMPS = bool("honor_timestamps", true).always();
  private static final Setting<Boolean> STALENESS =
      bool("track_timestamps_staleness", false).always();
  private static final Setting<Map<String, List<String>>> PARAMS =
      Setting.of(
          "params", "map of lists of texts", "", (job, key, paths) -> job.stringListMap(key));
  private static final Setting<String> FALLBACK =
      text("fallback_scrape_protocol").documented(ScrapeSettings.protocols(), "");
  private static final Setting<String> METRICS_PATH = text("metrics_path", "/metrics");
  private static final Setting<String> SCHEME = text("scheme", "http");
  private static final Setting<Boolean> COMPRESSION = bool("enable_compression", true).always();
  private static final Setting<BigInteger> BUCKET_LIMIT =
      Setting.unsigned("native_histogram_bucket_limit");
  private static final Setting<Double> BUCKET_FACTOR =
      Setting.number("native_histogram_min_bucket_factor");
  private static final Setting<HttpClientReader.Result> HTTP =
      HttpClientReader.field(HttpClientReader.Owner.JOB);
  private static final Setting<RelabelReader.Rules> RULES =
      RelabelReader.rules(
          "relabel_configs", "empty or null target relabeling rule in scrape config");
  private static final Setting<RelabelReader.Rules> METRIC_RULES =
      RelabelReader.rules(
          "metric_relabel_configs", "empty or null metric relabeling rule in scrape config");

  /** The keys of a job, without those of service discovery. */
  static final SectionTable TABLE =
      SectionTable.of(
          "scrape_configs",
          NAME,
          HONOR_LABELS,
          HONOR_TIMESTAMPS,
          STALENESS,
          PARAMS,
          ScrapeSettings.INTERVAL,
          ScrapeSettings.TIMEOUT,
          ScrapeSettings.PROTOCOLS,
          FALLBACK,
          ScrapeSettings.NATIVE.always(),
          ScrapeSettings.CLASSIC.always(),
          ScrapeSettings.TO_NHCB.always(),
          ScrapeSettings.FAILURE_LOG,
          METRICS_PATH,
          SCHEME,
          COMPRESSION,
          ScrapeSettings.BODY_SIZE,
          ScrapeSettings.SAMPLE_LIMIT,
          ScrapeSettings.TARGET_LIMIT,
          ScrapeSettings.LABEL_LIMIT,
          ScrapeSettings.LABEL_NAME_LIMIT,
          ScrapeSettings.LABEL_VALUE_LIMIT,
          ScrapeSettings.KEEP_DROPPED,
          BUCKET_LIMIT,
          BUCKET_FACTOR,
          ScrapeSettings.VALIDATION,
          ScrapeSettings.ESCAPING.always(),
          ScrapeSettings.EXTRA.always(),
          HTTP,
          RULES,
          METRIC_RULES);

  private final SdConfigReaders sources;
  private final SettingValues global;
  private final ConfigPaths paths;

  /**
   * Creates a reader of jobs.
   *
   * @param global the settings that jobs inherit
   */
  public ScrapeReader(SdConfigReaders sources, GlobalReader.Result global, ConfigPaths paths) {
    this.sources = sources;
    this.global = global.settings();
    this.paths = paths;
  }

  /** Reads the job and reports its problems. */
  public LocatedJob read(Section section) {
    SettingValues job = TABLE.readKnown(section, paths);
    String name = job.get(NAME);
    ScrapeChecks.jobName(name, section::note);
    ScrapeSettings.inherit(job, name, global);
    String fallback = job.get(FALLBACK);
    String wrong = fallback.isEmpty() ? null : ScrapeChecks.protocolProblem(fallback);
    if (wrong != null) {
      section.error(
          FALLBACK.key(),
          "invalid fallback_scrape_protocol" + ScrapeChecks.ofJob(name) + ": " + wrong);
    }
    advise(job);
    NameValidation names = ScrapeSettings.nameValidation(job);
    ScrapeConfig.Builder config =
        ScrapeConfig.builder(name)
            .scrapeInterval(job.get(ScrapeSettings.INTERVAL))
            .scrapeTimeout(job.get(ScrapeSettings.TIMEOUT))
            .metricsPath(job.get(METRICS_PATH))
            .scheme(job.get(SCHEME))
            .params(job.get(PARAMS))
            .honorLabels(job.get(HONOR_LABELS))
            .honorTimestamps(job.get(HONOR_TIMESTAMPS))
            .trackTimestampsStaleness(job.get(STALENESS))
            .scrapeProtocols(ScrapeSettings.protocols(job))
            .scrapeNativeHistograms(isTrue(job, ScrapeSettings.NATIVE))
            .alwaysScrapeClassicHistograms(isTrue(job, ScrapeSettings.CLASSIC))
            .convertClassicHistogramsToNhcb(isTrue(job, ScrapeSettings.TO_NHCB))
            .enableCompression(job.get(COMPRESSION))
            .extraScrapeMetrics(isTrue(job, ScrapeSettings.EXTRA))
            .scrapeFailureLogFile(job.get(ScrapeSettings.FAILURE_LOG))
            .bodySizeLimit(
                Math.max(0, job.get(ScrapeSettings.BODY_SIZE))) // A negative limit means no limit.
            .sampleLimit(limit(job, ScrapeSettings.SAMPLE_LIMIT))
            .labelLimit(limit(job, ScrapeSettings.LABEL_LIMIT))
            .labelNameLengthLimit(limit(job, ScrapeSettings.LABEL_NAME_LIMIT))
            .labelValueLengthLimit(limit(job, ScrapeSettings.LABEL_VALUE_LIMIT))
            .targetLimit(limit(job, ScrapeSettings.TARGET_LIMIT))
            .keepDroppedTargets(limit(job, ScrapeSettings.KEEP_DROPPED))
            .nativeHistogramBucketLimit(limit(job, BUCKET_LIMIT))
            .nativeHistogramMinBucketFactor(job.get(BUCKET_FACTOR))
            .nameValidation(names)
            .metricNameEscaping(ScrapeSettings.nameEscaping(job))
            .httpClient(job.get(HTTP).config())
            .relabelRules(job.get(RULES).compile(names))
            .metricRelabelRules(job.get(METRIC_RULES).compile(names));
    ScrapeProtocol known = ScrapeProtocol.of(fallback);
    if (known != null) {
      config.fallbackScrapeProtocol(known);
    }
    Map<String, Object> shown = job.shown();
    List<SdConfig> configs = sources.read(section, paths, shown);
    boolean leftOut = sources.finish(section, "job \"" + name + "\"");
    return new LocatedJob(
        section, job.get(RULES).sections(), config.sdConfigs(configs).readFromFile(shown), leftOut);
  }

  private static boolean isTrue(SettingValues job, Setting<Optional<Boolean>> field) {
    return job.get(field).orElse(false);
  }

  private static long limit(SettingValues job, Setting<BigInteger> field) {
    return ScrapeSettings.capped(job.get(field));
  }

  /** Warns about valid settings that leave the job without targets or make scrapes fail. */
  private void advise(SettingValues values) {
    Section job = values.section();
    String scheme = values.get(SCHEME);
    String metricsPath = values.get(METRICS_PATH);
    if (!sources.areIn(job)) {
      job.warn("no targets (expected: at least one entry under a key that ends in _sd_configs)");
    }
    if (job.hasValue(SCHEME.key()) && !scheme.equals("http") && !scheme.equals("https")) {
      job.warn(SCHEME.key(), ScrapeChecks.schemeProblem(scheme));
    }
    if (job.hasValue(METRICS_PATH.key()) && !metricsPath.startsWith("/")) {
      job.warn(METRICS_PATH.key(), "\"" + metricsPath + "\" (expected: a path that begins with /)");
    }
    if (metricsPath.indexOf('?') >= 0) {
      job.warn(
          METRICS_PATH.key(),
          "\"?\" is sent as part of the path, as %3F (expected: query parameters under params)");
    }
  }
}
