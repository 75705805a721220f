package io.promdisco.config;

import io.promdisco.Internal;
import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A job: its service discovery, its relabelling and how to scrape its targets. promdisco does not
 * scrape; the scrape settings are for programs that do. Immutable. Two jobs are equal if all
 * settings other than {@link #effective} are equal.
 *
 * @see <a
 *     href="https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config">
 *     scrape_config</a>
 */
public final class ScrapeConfig {
  /** The default interval between scrapes. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  /** The default timeout of a scrape. A shorter interval replaces it. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  private static final List<ScrapeProtocol> DEFAULT_PROTOCOLS =
      List.of(
          ScrapeProtocol.OPEN_METRICS_TEXT_1_0_0,
          ScrapeProtocol.OPEN_METRICS_TEXT_0_0_1,
          ScrapeProtocol.PROMETHEUS_TEXT_1_0_0,
          ScrapeProtocol.PROMETHEUS_TEXT_0_0_4);

  private final Settings settings;
  private final Duration scrapeTimeout;
  private final List<ScrapeProtocol> scrapeProtocols;
  private final NameEscaping metricNameEscaping;

  private ScrapeConfig(Settings settings) {
    this.settings = settings;
    scrapeTimeout = settings.scrapeTimeoutOrDefault();
    scrapeProtocols = settings.scrapeProtocolsOrDefault();
    metricNameEscaping = settings.metricNameEscapingOrDefault();
  }

  /**
   * Returns the protocols of a job that does not set them; with native histograms, protobuf comes
   * first.
   */
  public static List<ScrapeProtocol> defaultProtocols(boolean nativeHistograms) {
    List<ScrapeProtocol> protocols = new ArrayList<>(DEFAULT_PROTOCOLS);
    if (nativeHistograms) {
      protocols.add(0, ScrapeProtocol.PROMETHEUS_PROTO);
    }
    return List.copyOf(protocols);
  }

  /** Returns a builder with the default of every setting and without service discovery. */
  public static Builder builder(String jobName) {
    return new Builder(new Settings(jobName));
  }

  /** Returns a builder with the settings of this job. */
  public Builder toBuilder() {
    Settings copy = settings.copy();
    // A default remains a default when a setting that it depends on changes.
    copy.scrapeTimeout = null;
    copy.scrapeProtocols = null;
    copy.metricNameEscaping = null;
    if (!scrapeTimeout.equals(copy.scrapeTimeoutOrDefault())) {
      copy.scrapeTimeout = scrapeTimeout;
    }
    if (!scrapeProtocols.equals(copy.scrapeProtocolsOrDefault())) {
      copy.scrapeProtocols = scrapeProtocols;
    }
    if (metricNameEscaping != copy.metricNameEscapingOrDefault()) {
      copy.metricNameEscaping = metricNameEscaping;
    }
    return new Builder(copy);
  }

  /**
   * Returns this job with other service discovery, which is not checked: a bad address becomes a
   * target that cannot be scraped.
   */
  public ScrapeConfig withSdConfigs(List<? extends SdConfig> sdConfigs) {
    return toBuilder().sdConfigs(sdConfigs).withoutChecks();
  }

  /** The job's name, unique in the configuration. */
  public String jobName() {
    return settings.jobName;
  }

  /**
   * The default of {@code __scrape_interval__}. {@code Target.scrapeInterval()} returns the
   * interval of a target.
   */
  public Duration scrapeInterval() {
    return settings.scrapeInterval;
  }

  /**
   * The default of {@code __scrape_timeout__}, at most the interval. {@code Target.scrapeTimeout()}
   * returns the timeout of a target.
   */
  public Duration scrapeTimeout() {
    return scrapeTimeout;
  }

  /**
   * The URL parameters, which are part of a target's URL. The first value of each is also the label
   * {@code __param_<name>}.
   */
  public Map<String, List<String>> params() {
    return settings.params;
  }

  /** The formats to request, the preferred one first; never empty. */
  public List<ScrapeProtocol> scrapeProtocols() {
    return scrapeProtocols;
  }

  /**
   * The format to assume for an answer without a usable content type; if empty, such an answer is
   * an error.
   */
  public Optional<ScrapeProtocol> fallbackScrapeProtocol() {
    return Optional.ofNullable(settings.fallbackScrapeProtocol);
  }

  /** How targets are asked to escape metric names. */
  public NameEscaping metricNameEscaping() {
    return metricNameEscaping;
  }

  /** {@code relabel_configs}, in order: the rules for discovered targets. */
  public List<RelabelRule> relabelRules() {
    return settings.relabelRules;
  }

  /**
   * {@code metric_relabel_configs}, in order: the rules for scraped samples. {@link
   * io.promdisco.relabel.Relabeler} applies them.
   */
  public List<RelabelRule> metricRelabelRules() {
    return settings.metricRelabelRules;
  }

  /** The entries of service discovery. All of {@code static_configs} is one entry. */
  public List<SdConfig> sdConfigs() {
    return settings.sdConfigs;
  }

  /**
   * Every setting of a job that was read from a file, with defaults, in Prometheus's order and
   * spelling, with secrets hidden: maps, lists, strings, numbers, booleans and null. Empty for a
   * job that was built in code.
   */
  public Map<String, Object> effective() {
    return settings.effective;
  }

  /** The value of the {@code Accept} header of a scrape, as Prometheus sends it. */
  public String acceptHeader() {
    StringJoiner accept = new StringJoiner(",");
    int weight = ScrapeProtocol.values().length + 1;
    for (ScrapeProtocol protocol : scrapeProtocols) {
      accept.add(
          protocol.mediaType()
              + (protocol.escapes() ? ";escaping=" + metricNameEscaping.text() : "")
              + ";q=0."
              + weight);
      weight--;
    }
    return accept.add("*/*;q=0." + weight).toString();
  }

  /** The default of {@code __metrics_path__}. */
  public String metricsPath() {
    return settings.metricsPath;
  }

  /** The default of {@code __scheme__}: {@code http} or {@code https}. */
  public String scheme() {
    return settings.scheme;
  }

  /** Whether labels of the scraped series take precedence over those of the target. */
  public boolean honorLabels() {
    return settings.honorLabels;
  }

  /** Whether timestamps of the scraped series are used. */
  public boolean honorTimestamps() {
    return settings.honorTimestamps;
  }

  /** Whether series with timestamps become stale when they disappear. */
  public boolean trackTimestampsStaleness() {
    return settings.trackTimestampsStaleness;
  }

  /**
   * Whether native histograms are requested; also the label {@code __scrape_native_histograms__}.
   */
  public boolean scrapeNativeHistograms() {
    return settings.scrapeNativeHistograms;
  }

  /**
   * Whether classic histograms are kept beside native ones; also the label {@code
   * __always_scrape_classic_histograms__}.
   */
  public boolean alwaysScrapeClassicHistograms() {
    return settings.alwaysScrapeClassicHistograms;
  }

  /**
   * Whether classic histograms become native ones with custom buckets; also the label {@code
   * __convert_classic_histograms_to_nhcb__}.
   */
  public boolean convertClassicHistogramsToNhcb() {
    return settings.convertClassicHistogramsToNhcb;
  }

  /** Whether to request a compressed answer. */
  public boolean enableCompression() {
    return settings.enableCompression;
  }

  /** Whether to expose the limits as metrics of the scrape. */
  public boolean extraScrapeMetrics() {
    return settings.extraScrapeMetrics;
  }

  /** The file in which failed scrapes are logged; empty: none. */
  public String scrapeFailureLogFile() {
    return settings.scrapeFailureLogFile;
  }

  /** The maximum size of an uncompressed answer in bytes; 0: no limit. */
  public long bodySizeLimit() {
    return settings.bodySizeLimit;
  }

  /** The maximum number of samples of a scrape after metric relabelling; 0: no limit. */
  public long sampleLimit() {
    return settings.sampleLimit;
  }

  /** The maximum number of labels of a sample; 0: no limit. */
  public long labelLimit() {
    return settings.labelLimit;
  }

  /** The maximum length of a label name in bytes; 0: no limit. */
  public long labelNameLengthLimit() {
    return settings.labelNameLengthLimit;
  }

  /** The maximum length of a label value in bytes; 0: no limit. */
  public long labelValueLengthLimit() {
    return settings.labelValueLengthLimit;
  }

  /** The maximum number of targets of the job, beyond which all scrapes fail; 0: no limit. */
  public long targetLimit() {
    return settings.targetLimit;
  }

  /** The maximum number of dropped targets to show; 0: no limit. */
  public long keepDroppedTargets() {
    return settings.keepDroppedTargets;
  }

  /** The maximum number of buckets of a native histogram; 0: no limit. */
  public long nativeHistogramBucketLimit() {
    return settings.nativeHistogramBucketLimit;
  }

  /** The minimum growth factor between buckets of a native histogram; 0: any. */
  public double nativeHistogramMinBucketFactor() {
    return settings.nativeHistogramMinBucketFactor;
  }

  /** Which label names relabelling may write. */
  public NameValidation nameValidation() {
    return settings.nameValidation;
  }

  /** HTTP client settings for the targets: credentials, TLS, proxy, headers. */
  public HttpClientConfig httpClient() {
    return settings.httpClient;
  }

  private List<Object> all() {
    return List.of(
        settings.jobName,
        settings.scrapeInterval,
        scrapeTimeout,
        settings.params,
        scrapeProtocols,
        fallbackScrapeProtocol(),
        metricNameEscaping,
        settings.relabelRules,
        settings.metricRelabelRules,
        settings.sdConfigs,
        settings.metricsPath,
        settings.scheme,
        settings.honorLabels,
        settings.honorTimestamps,
        settings.trackTimestampsStaleness,
        settings.scrapeNativeHistograms,
        settings.alwaysScrapeClassicHistograms,
        settings.convertClassicHistogramsToNhcb,
        settings.enableCompression,
        settings.extraScrapeMetrics,
        settings.scrapeFailureLogFile,
        settings.bodySizeLimit,
        settings.sampleLimit,
        settings.labelLimit,
        settings.labelNameLengthLimit,
        settings.labelValueLengthLimit,
        settings.targetLimit,
        settings.keepDroppedTargets,
        settings.nativeHistogramBucketLimit,
        settings.nativeHistogramMinBucketFactor,
        settings.nameValidation,
        settings.httpClient);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScrapeConfig config && all().equals(config.all());
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        settings.jobName,
        settings.scrapeInterval,
        settings.params,
        settings.relabelRules,
        settings.sdConfigs);
  }

  /** Returns the name and all settings, with secrets hidden. */
  @Override
  public String toString() {
    return "ScrapeConfig" + all();
  }

  /** Reports problems of a job that was built in code. */
  private void check(boolean ownScheme, FieldProblems problems) {
    ScrapeChecks.jobName(settings.jobName, problems);
    ScrapeChecks.positive("scrape_interval", settings.scrapeInterval, problems);
    ScrapeChecks.positive("scrape_timeout", scrapeTimeout, problems);
    ScrapeChecks.timeout(settings.jobName, scrapeTimeout, settings.scrapeInterval, problems);
    ScrapeChecks.protocols(
        scrapeProtocols.stream().map(ScrapeProtocol::text).toList(),
        ScrapeChecks.ofJob(settings.jobName),
        problems);
    ScrapeChecks.escaping(
        "metric_name_escaping_scheme", settings.nameValidation, metricNameEscaping, problems);
    if (ownScheme && !settings.scheme.equals("http") && !settings.scheme.equals("https")) {
      problems.note("scheme", ScrapeChecks.schemeProblem(settings.scheme));
    }
    ScrapeChecks.notNegative("body_size_limit", settings.bodySizeLimit, problems);
    ScrapeChecks.notNegative("sample_limit", settings.sampleLimit, problems);
    ScrapeChecks.notNegative("label_limit", settings.labelLimit, problems);
    ScrapeChecks.notNegative("label_name_length_limit", settings.labelNameLengthLimit, problems);
    ScrapeChecks.notNegative("label_value_length_limit", settings.labelValueLengthLimit, problems);
    ScrapeChecks.notNegative("target_limit", settings.targetLimit, problems);
    ScrapeChecks.notNegative("keep_dropped_targets", settings.keepDroppedTargets, problems);
    ScrapeChecks.notNegative(
        "native_histogram_bucket_limit", settings.nativeHistogramBucketLimit, problems);
    ScrapeChecks.notNegative(
        "native_histogram_min_bucket_factor", settings.nativeHistogramMinBucketFactor, problems);
    ScrapeChecks.rules("relabel_configs", settings.relabelRules, settings.nameValidation, problems);
    ScrapeChecks.rules(
        "metric_relabel_configs", settings.metricRelabelRules, settings.nameValidation, problems);
    settings.httpClient.check(problems);
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (SdConfig config : settings.sdConfigs) {
      String key = config.mechanism() + "_sd_configs";
      int index = counts.merge(key, 1, Integer::sum) - 1;
      if (config instanceof StaticSdConfig groups) {
        // Addresses are checked only if no rule can change them.
        groups.check(settings.relabelRules.isEmpty(), problems);
      } else {
        config.check(problems.in(key + "[" + index + "]"));
      }
    }
  }

  /** Builds a job. A setter replaces the previous value unless its description says "adds". */
  public static final class Builder {
    private final Settings settings;
    private boolean ownScheme;

    private Builder(Settings settings) {
      this.settings = settings;
    }

    /** The interval between scrapes, at least a millisecond. Default: 1 min. */
    public Builder scrapeInterval(Duration scrapeInterval) {
      settings.scrapeInterval = Objects.requireNonNull(scrapeInterval, "scrapeInterval");
      return this;
    }

    /**
     * The timeout of a scrape, at least a millisecond and at most the interval. Default: 10 s, or
     * the interval if that is shorter.
     */
    public Builder scrapeTimeout(Duration scrapeTimeout) {
      settings.scrapeTimeout = Objects.requireNonNull(scrapeTimeout, "scrapeTimeout");
      return this;
    }

    /** Adds a URL parameter, or replaces the parameter of this name. Default: none. */
    public Builder param(String name, String... values) {
      settings.params.put(Objects.requireNonNull(name, "name"), List.of(values));
      return this;
    }

    /** The URL parameters. Default: none. */
    public Builder params(Map<String, List<String>> params) {
      settings.params.clear();
      params.forEach((name, values) -> settings.params.put(name, List.copyOf(values)));
      return this;
    }

    /**
     * The formats to request, the preferred one first. Default: OpenMetrics 1.0.0 and 0.0.1, then
     * the text formats 1.0.0 and 0.0.4; with native histograms, protobuf before them.
     */
    public Builder scrapeProtocols(List<ScrapeProtocol> scrapeProtocols) {
      settings.scrapeProtocols = List.copyOf(scrapeProtocols);
      return this;
    }

    /** The format to assume for an answer without a usable content type. Default: none. */
    public Builder fallbackScrapeProtocol(ScrapeProtocol fallbackScrapeProtocol) {
      settings.fallbackScrapeProtocol =
          Objects.requireNonNull(fallbackScrapeProtocol, "fallbackScrapeProtocol");
      return this;
    }

    /**
     * How targets are asked to escape metric names. Default: {@link NameEscaping#UNDERSCORES} with
     * {@link NameValidation#LEGACY}, otherwise {@link NameEscaping#ALLOW_UTF_8}.
     */
    public Builder metricNameEscaping(NameEscaping metricNameEscaping) {
      settings.metricNameEscaping =
          Objects.requireNonNull(metricNameEscaping, "metricNameEscaping");
      return this;
    }

    /** The rules for discovered targets, in order. Default: none. */
    public Builder relabelRules(List<RelabelRule> relabelRules) {
      settings.relabelRules = Collections.unmodifiableList(new ArrayList<>(relabelRules));
      return this;
    }

    /** The rules for scraped samples, in order. Default: none. */
    public Builder metricRelabelRules(List<RelabelRule> metricRelabelRules) {
      settings.metricRelabelRules =
          Collections.unmodifiableList(new ArrayList<>(metricRelabelRules));
      return this;
    }

    /** Adds an entry of service discovery. Default: none. */
    public Builder sdConfig(SdConfig sdConfig) {
      settings.sdConfigs.add(Objects.requireNonNull(sdConfig, "sdConfig"));
      return this;
    }

    /** The entries of service discovery. Default: none. */
    public Builder sdConfigs(List<? extends SdConfig> sdConfigs) {
      settings.sdConfigs.clear();
      settings.sdConfigs.addAll(sdConfigs);
      return this;
    }

    /** Adds static targets, each as {@code host:port}. */
    public Builder staticTargets(String... targets) {
      return sdConfig(StaticSdConfig.of(targets));
    }

    /** The value of {@code __metrics_path__} before relabelling. Default: {@code /metrics}. */
    public Builder metricsPath(String metricsPath) {
      settings.metricsPath = Objects.requireNonNull(metricsPath, "metricsPath");
      return this;
    }

    /**
     * The value of {@code __scheme__} before relabelling: {@code http} or {@code https}. Default:
     * {@code http}.
     */
    public Builder scheme(String scheme) {
      ownScheme = true;
      settings.scheme = Objects.requireNonNull(scheme, "scheme");
      return this;
    }

    /**
     * Whether labels of the scraped series take precedence over those of the target. Default:
     * false.
     */
    public Builder honorLabels(boolean honorLabels) {
      settings.honorLabels = honorLabels;
      return this;
    }

    /** Whether timestamps of the scraped series are used. Default: true. */
    public Builder honorTimestamps(boolean honorTimestamps) {
      settings.honorTimestamps = honorTimestamps;
      return this;
    }

    /** Whether series with timestamps become stale when they disappear. Default: false. */
    public Builder trackTimestampsStaleness(boolean trackTimestampsStaleness) {
      settings.trackTimestampsStaleness = trackTimestampsStaleness;
      return this;
    }

    /**
     * Whether native histograms are requested; also the label {@code __scrape_native_histograms__}.
     * Default: false.
     */
    public Builder scrapeNativeHistograms(boolean scrapeNativeHistograms) {
      settings.scrapeNativeHistograms = scrapeNativeHistograms;
      return this;
    }

    /**
     * Whether classic histograms are kept beside native ones; also the label {@code
     * __always_scrape_classic_histograms__}. Default: false.
     */
    public Builder alwaysScrapeClassicHistograms(boolean alwaysScrapeClassicHistograms) {
      settings.alwaysScrapeClassicHistograms = alwaysScrapeClassicHistograms;
      return this;
    }

    /**
     * Whether classic histograms become native ones with custom buckets; also the label {@code
     * __convert_classic_histograms_to_nhcb__}. Default: false.
     */
    public Builder convertClassicHistogramsToNhcb(boolean convertClassicHistogramsToNhcb) {
      settings.convertClassicHistogramsToNhcb = convertClassicHistogramsToNhcb;
      return this;
    }

    /** Whether to request a compressed answer. Default: true. */
    public Builder enableCompression(boolean enableCompression) {
      settings.enableCompression = enableCompression;
      return this;
    }

    /** Whether to expose the limits as metrics of the scrape. Default: false. */
    public Builder extraScrapeMetrics(boolean extraScrapeMetrics) {
      settings.extraScrapeMetrics = extraScrapeMetrics;
      return this;
    }

    /** The file in which failed scrapes are logged; empty: none. Default: none. */
    public Builder scrapeFailureLogFile(String scrapeFailureLogFile) {
      settings.scrapeFailureLogFile =
          Objects.requireNonNull(scrapeFailureLogFile, "scrapeFailureLogFile");
      return this;
    }

    /** The maximum size of an uncompressed answer in bytes; 0: no limit. Default: 0. */
    public Builder bodySizeLimit(long bodySizeLimit) {
      settings.bodySizeLimit = bodySizeLimit;
      return this;
    }

    /**
     * The maximum number of samples of a scrape after metric relabelling; 0: no limit. Default: 0.
     */
    public Builder sampleLimit(long sampleLimit) {
      settings.sampleLimit = sampleLimit;
      return this;
    }

    /** The maximum number of labels of a sample; 0: no limit. Default: 0. */
    public Builder labelLimit(long labelLimit) {
      settings.labelLimit = labelLimit;
      return this;
    }

    /** The maximum length of a label name in bytes; 0: no limit. Default: 0. */
    public Builder labelNameLengthLimit(long labelNameLengthLimit) {
      settings.labelNameLengthLimit = labelNameLengthLimit;
      return this;
    }

    /** The maximum length of a label value in bytes; 0: no limit. Default: 0. */
    public Builder labelValueLengthLimit(long labelValueLengthLimit) {
      settings.labelValueLengthLimit = labelValueLengthLimit;
      return this;
    }

    /**
     * The maximum number of targets of the job, beyond which all scrapes fail; 0: no limit.
     * Default: 0.
     */
    public Builder targetLimit(long targetLimit) {
      settings.targetLimit = targetLimit;
      return this;
    }

    /** The maximum number of dropped targets to show; 0: no limit. Default: 0. */
    public Builder keepDroppedTargets(long keepDroppedTargets) {
      settings.keepDroppedTargets = keepDroppedTargets;
      return this;
    }

    /** The maximum number of buckets of a native histogram; 0: no limit. Default: 0. */
    public Builder nativeHistogramBucketLimit(long nativeHistogramBucketLimit) {
      settings.nativeHistogramBucketLimit = nativeHistogramBucketLimit;
      return this;
    }

    /** The minimum growth factor between buckets of a native histogram; 0: any. Default: 0. */
    public Builder nativeHistogramMinBucketFactor(double nativeHistogramMinBucketFactor) {
      settings.nativeHistogramMinBucketFactor = nativeHistogramMinBucketFactor;
      return this;
    }

    /** Which label names relabelling may write. Default: {@link NameValidation#UTF8}. */
    public Builder nameValidation(NameValidation nameValidation) {
      settings.nameValidation = Objects.requireNonNull(nameValidation, "nameValidation");
      return this;
    }

    /**
     * HTTP client settings for the targets: credentials, TLS, proxy, headers. Default: {@link
     * HttpClientConfig#DEFAULT}.
     */
    public Builder httpClient(HttpClientConfig httpClient) {
      settings.httpClient = Objects.requireNonNull(httpClient, "httpClient");
      return this;
    }

    /**
     * Returns the job, after the same checks as for a file.
     *
     * @throws IllegalArgumentException with a line for each mistake: {@code job "web":
     *     scrape_timeout: …}
     */
    public ScrapeConfig build() {
      List<ScrapeConfig> built = new ArrayList<>(1);
      BuilderChecks.check(
          "job \"" + settings.jobName + "\"",
          problems -> {
            Settings copy = settings.copy();
            copy.relabelRules =
                BuilderChecks.withoutNulls("relabel_configs", settings.relabelRules, problems);
            copy.metricRelabelRules =
                BuilderChecks.withoutNulls(
                    "metric_relabel_configs", settings.metricRelabelRules, problems);
            copy.sdConfigs = BuilderChecks.withoutNulls("sd_configs", settings.sdConfigs, problems);
            ScrapeConfig job = new ScrapeConfig(copy.frozen());
            job.check(ownScheme, problems);
            built.add(job);
          });
      return built.get(0);
    }

    /**
     * Returns a job that was read from a file, without checks: the reader has made them, and knows
     * the places of mistakes.
     *
     * @param effective the job as the effective configuration shows it
     */
    @Internal
    public ScrapeConfig readFromFile(Map<String, Object> effective) {
      settings.effective = effective;
      return withoutChecks();
    }

    private ScrapeConfig withoutChecks() {
      return new ScrapeConfig(settings.copy().frozen());
    }
  }

  /** The settings. A field is null if its default depends on other settings. */
  private static final class Settings implements Cloneable {
    private final String jobName;
    private Duration scrapeInterval = DEFAULT_INTERVAL;
    private @Nullable Duration scrapeTimeout;
    private Map<String, List<String>> params = new LinkedHashMap<>();
    private @Nullable List<ScrapeProtocol> scrapeProtocols;
    private @Nullable ScrapeProtocol fallbackScrapeProtocol;
    private @Nullable NameEscaping metricNameEscaping;
    private List<RelabelRule> relabelRules = List.of();
    private List<RelabelRule> metricRelabelRules = List.of();
    private List<SdConfig> sdConfigs = new ArrayList<>();
    private Map<String, Object> effective = Map.of();
    private String metricsPath = "/metrics";
    private String scheme = "http";
    private boolean honorLabels = false;
    private boolean honorTimestamps = true;
    private boolean trackTimestampsStaleness = false;
    private boolean scrapeNativeHistograms = false;
    private boolean alwaysScrapeClassicHistograms = false;
    private boolean convertClassicHistogramsToNhcb = false;
    private boolean enableCompression = true;
    private boolean extraScrapeMetrics = false;
    private String scrapeFailureLogFile = "";
    private long bodySizeLimit = 0;
    private long sampleLimit = 0;
    private long labelLimit = 0;
    private long labelNameLengthLimit = 0;
    private long labelValueLengthLimit = 0;
    private long targetLimit = 0;
    private long keepDroppedTargets = 0;
    private long nativeHistogramBucketLimit = 0;
    private double nativeHistogramMinBucketFactor = 0;
    private NameValidation nameValidation = NameValidation.UTF8;
    private HttpClientConfig httpClient = HttpClientConfig.DEFAULT;

    Settings(String jobName) {
      this.jobName = Objects.requireNonNull(jobName, "jobName");
    }

    /** Returns a copy that can be changed. */
    Settings copy() {
      try {
        Settings copy = (Settings) super.clone();
        copy.params = new LinkedHashMap<>(params);
        copy.sdConfigs = new ArrayList<>(sdConfigs);
        return copy;
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Makes the collections of these settings immutable. */
    Settings frozen() {
      params = Collections.unmodifiableMap(params);
      relabelRules = List.copyOf(relabelRules);
      metricRelabelRules = List.copyOf(metricRelabelRules);
      sdConfigs = List.copyOf(sdConfigs);
      return this;
    }

    Duration scrapeTimeoutOrDefault() {
      return scrapeTimeout != null
          ? scrapeTimeout
          : DEFAULT_TIMEOUT.compareTo(scrapeInterval) < 0 ? DEFAULT_TIMEOUT : scrapeInterval;
    }

    List<ScrapeProtocol> scrapeProtocolsOrDefault() {
      return scrapeProtocols != null ? scrapeProtocols : defaultProtocols(scrapeNativeHistograms);
    }

    NameEscaping metricNameEscapingOrDefault() {
      return metricNameEscaping != null
          ? metricNameEscaping
          : nameValidation == NameValidation.LEGACY
              ? NameEscaping.UNDERSCORES
              : NameEscaping.ALLOW_UTF_8;
    }
  }
}
