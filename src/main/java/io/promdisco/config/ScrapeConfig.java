package io.promdisco.config;

import io.promdisco.model.NameValidation;
import io.promdisco.relabel.RelabelRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One job: where its targets come from and what becomes of them.
 *
 * @param jobName unique in the configuration
 * @param scrapeInterval default of {@code __scrape_interval__}
 * @param scrapeTimeout default of {@code __scrape_timeout__}; never longer than the interval
 * @param metricsPath default of {@code __metrics_path__}
 * @param scheme default of {@code __scheme__}
 * @param params URL parameters; the first value of each is also {@code __param_<name>}
 * @param nameValidation which label names relabelling may write
 * @param alwaysScrapeClassicHistograms shown as {@code __always_scrape_classic_histograms__}
 * @param convertClassicHistogramsToNhcb shown as {@code __convert_classic_histograms_to_nhcb__}
 * @param scrapeNativeHistograms shown as {@code __scrape_native_histograms__}
 * @param keepDroppedTargets how many dropped targets to show; 0: all
 * @param relabelRules {@code relabel_configs}, in order
 * @param sdConfigs where the targets come from; all of {@code static_configs} is one entry
 * @param effective every setting of the job with its default, in Prometheus's order and spelling,
 *     secrets hidden: maps, lists, strings, numbers, booleans and null
 */
public record ScrapeConfig(
    String jobName,
    Duration scrapeInterval,
    Duration scrapeTimeout,
    String metricsPath,
    String scheme,
    Map<String, List<String>> params,
    NameValidation nameValidation,
    boolean alwaysScrapeClassicHistograms,
    boolean convertClassicHistogramsToNhcb,
    boolean scrapeNativeHistograms,
    long keepDroppedTargets,
    List<RelabelRule> relabelRules,
    List<SdConfig> sdConfigs,
    Map<String, Object> effective) {
  /** Copies the lists. */
  public ScrapeConfig {
    relabelRules = List.copyOf(relabelRules);
    sdConfigs = List.copyOf(sdConfigs);
  }
}
