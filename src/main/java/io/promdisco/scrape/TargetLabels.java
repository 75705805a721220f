package io.promdisco.scrape;

/** Names of the labels that define a target. */
final class TargetLabels {
  static final String INTERNAL_PREFIX = "__";
  static final String META_PREFIX = "__meta_";
  static final String PARAM_PREFIX = "__param_";
  static final String ADDRESS = "__address__";
  static final String METRICS_PATH = "__metrics_path__";
  static final String SCHEME = "__scheme__";
  static final String SCRAPE_INTERVAL = "__scrape_interval__";
  static final String SCRAPE_TIMEOUT = "__scrape_timeout__";
  static final String ALWAYS_CLASSIC = "__always_scrape_classic_histograms__";
  static final String CONVERT_CLASSIC = "__convert_classic_histograms_to_nhcb__";
  static final String SCRAPE_NATIVE = "__scrape_native_histograms__";
  static final String UNIX_SOCKET = "__unix_socket__";
  static final String JOB = "job";
  static final String INSTANCE = "instance";

  private TargetLabels() {}
}
