package io.promdisco.config.section;

import io.promdisco.config.ScrapeChecks;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.ScrapeProtocol;
import io.promdisco.config.SdConfig;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one entry of {@code scrape_configs}. */
public final class ScrapeReader {
  private final Sources sources;
  private final ScrapeSettings global;
  private final Paths paths;

  public ScrapeReader(Sources sources, ScrapeSettings global, Paths paths) {
    this.sources = sources;
    this.global = global;
    this.paths = paths;
  }

  /** The job, good or not: what is wrong with it is noted. */
  public ReadJob read(Section job) {
    String name = job.string("job_name");
    ScrapeChecks.jobName(name, job::note);
    ScrapeSettings own = new ScrapeSettings(job, paths);
    ScrapeSettings.Merged merged = new ScrapeSettings.Merged(name);
    own.inherit(global, merged);
    boolean honorLabels = job.bool("honor_labels", false);
    boolean honorTimestamps = job.bool("honor_timestamps", true);
    boolean staleness = job.bool("track_timestamps_staleness", false);
    Map<String, List<String>> params = job.stringListMap("params");
    String fallback = job.string("fallback_scrape_protocol");
    String wrong = fallback.isEmpty() ? null : ScrapeChecks.protocolProblem(fallback);
    if (wrong != null) {
      job.error(
          "fallback_scrape_protocol",
          "invalid fallback_scrape_protocol" + ScrapeChecks.ofJob(name) + ": " + wrong);
    }
    String metricsPath = job.string("metrics_path", "/metrics");
    String scheme = job.string("scheme", "http");
    boolean compression = job.bool("enable_compression", true);
    BigInteger bucketLimit = job.unsigned("native_histogram_bucket_limit");
    double bucketFactor = job.number("native_histogram_min_bucket_factor");
    HttpClientReader.Result http = HttpClientReader.read(job, paths, HttpClientReader.Owner.JOB);
    List<RelabelReader.Written> written =
        RelabelReader.read(
            job, "relabel_configs", "empty or null target relabeling rule in scrape config");
    List<RelabelReader.Written> metric =
        RelabelReader.read(
            job, "metric_relabel_configs", "empty or null metric relabeling rule in scrape config");
    Map<String, Object> shownSources = new LinkedHashMap<>();
    List<SdConfig> configs = sources.read(job, paths, shownSources);
    advise(job, scheme, metricsPath);
    boolean leftOut = sources.finish(job, "job \"" + name + "\"");
    List<RelabelRule> rules = RelabelReader.compile(written, merged.validation);
    List<RelabelRule> metricRules = RelabelReader.compile(metric, merged.validation);
    Shown shown =
        new Shown()
            .always("job_name", name)
            .unlessZero("honor_labels", honorLabels)
            .always("honor_timestamps", honorTimestamps)
            .always("track_timestamps_staleness", staleness)
            .unlessZero("params", params)
            .unlessZero("scrape_interval", own.interval)
            .unlessZero("scrape_timeout", own.timeout)
            .unlessZero("scrape_protocols", merged.protocols)
            .unlessZero("fallback_scrape_protocol", fallback)
            .always("scrape_native_histograms", merged.nativeHistograms)
            .always("always_scrape_classic_histograms", merged.alwaysClassic)
            .always("convert_classic_histograms_to_nhcb", merged.classicToNhcb)
            .unlessZero("scrape_failure_log_file", merged.failureLogFile)
            .unlessZero("metrics_path", metricsPath)
            .unlessZero("scheme", scheme)
            .always("enable_compression", compression)
            .unlessZero("body_size_limit", ScrapeSettings.shownSize(merged.bodySizeLimit));
    own.limits.forEach(shown::unlessZero);
    shown
        .unlessZero("native_histogram_bucket_limit", bucketLimit)
        .unlessZero("native_histogram_min_bucket_factor", bucketFactor)
        .always(
            "metric_name_validation_scheme",
            merged.validation == NameValidation.LEGACY ? "legacy" : "utf8")
        .always("metric_name_escaping_scheme", merged.escaping)
        .always("extra_scrape_metrics", merged.extraMetrics)
        .all(http.shown())
        .unlessZero("relabel_configs", RelabelReader.shown(rules))
        .unlessZero("metric_relabel_configs", RelabelReader.shown(metricRules))
        .all(shownSources);
    ScrapeConfig.Builder config =
        ScrapeConfig.builder(name)
            .scrapeInterval(own.interval)
            .scrapeTimeout(own.timeout)
            .metricsPath(metricsPath)
            .scheme(scheme)
            .params(params)
            .honorLabels(honorLabels)
            .honorTimestamps(honorTimestamps)
            .trackTimestampsStaleness(staleness)
            .scrapeProtocols(protocols(merged.protocols))
            .scrapeNativeHistograms(merged.nativeHistograms)
            .alwaysScrapeClassicHistograms(merged.alwaysClassic)
            .convertClassicHistogramsToNhcb(merged.classicToNhcb)
            .enableCompression(compression)
            .extraScrapeMetrics(merged.extraMetrics)
            .scrapeFailureLogFile(merged.failureLogFile)
            .bodySizeLimit(Math.max(0, merged.bodySizeLimit)) // A negative one is none.
            .sampleLimit(own.limit("sample_limit"))
            .labelLimit(own.limit("label_limit"))
            .labelNameLengthLimit(own.limit("label_name_length_limit"))
            .labelValueLengthLimit(own.limit("label_value_length_limit"))
            .targetLimit(own.limit("target_limit"))
            .keepDroppedTargets(own.limit("keep_dropped_targets"))
            .nativeHistogramBucketLimit(ScrapeSettings.capped(bucketLimit))
            .nativeHistogramMinBucketFactor(bucketFactor)
            .nameValidation(merged.validation)
            .metricNameEscaping(merged.nameEscaping)
            .httpClient(http.config())
            .relabelRules(rules)
            .metricRelabelRules(metricRules)
            .sdConfigs(configs);
    ScrapeProtocol known = ScrapeProtocol.of(fallback);
    if (known != null) {
      config.fallbackScrapeProtocol(known);
    }
    return new ReadJob(
        job,
        written.stream().map(RelabelReader.Written::section).toList(),
        config.readFromFile(shown.map()),
        leftOut);
  }

  private static List<ScrapeProtocol> protocols(List<String> names) {
    List<ScrapeProtocol> protocols = new ArrayList<>();
    for (String name : names) {
      ScrapeProtocol protocol = ScrapeProtocol.of(name);
      if (protocol != null) {
        protocols.add(protocol);
      }
    }
    return protocols;
  }

  /** Warns of what is legal but leaves the job without targets or without answers. */
  private void advise(Section job, String scheme, String metricsPath) {
    if (!sources.areIn(job)) {
      job.warn("no targets (expected: at least one entry under a key that ends in _sd_configs)");
    }
    if (job.hasValue("scheme") && !scheme.equals("http") && !scheme.equals("https")) {
      job.warn("scheme", ScrapeChecks.schemeProblem(scheme));
    }
    if (job.hasValue("metrics_path") && !metricsPath.startsWith("/")) {
      job.warn("metrics_path", "\"" + metricsPath + "\" (expected: a path that begins with /)");
    }
    if (metricsPath.indexOf('?') >= 0) {
      job.warn(
          "metrics_path",
          "\"?\" is sent as a part of the path, as %3F (expected: query parameters under params)");
    }
  }
}
