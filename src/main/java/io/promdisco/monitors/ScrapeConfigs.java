package io.promdisco.monitors;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compiles ScrapeConfigs: one job each. */
final class ScrapeConfigs implements MonitorCompilation {
  private static final Map<String, String> ESCAPINGS =
      Map.of(
          "AllowUTF8", "allow-utf-8",
          "Underscores", "underscores",
          "Dots", "dots",
          "Values", "values");

  @Override
  public void check(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    HttpChecks http = generation.checks(object);
    generation.checkClass(spec);
    InvalidMonitorException.within("relabelConfigs", () -> RuleList.check(spec, "relabelings"));
    InvalidMonitorException.within("basicAuth", () -> http.basicAuth(spec));
    InvalidMonitorException.within("authorization", () -> http.authorization(spec));
    InvalidMonitorException.within("oauth2", () -> http.oauth2(spec));
    InvalidMonitorException.within("tlsConfig", () -> http.tls(spec, false));
    ScrapeTrees.checkTimeout(
        spec.text("scrapeInterval"), spec.text("scrapeTimeout"), generation.interval());
    http.proxy(spec);
    InvalidMonitorException.within(
        "metricRelabelConfigs", () -> RuleList.check(spec, "metricRelabelings"));
    SdSections.check(spec, http);
  }

  @Override
  public List<JobTree> jobs(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    ScrapeClass scrapeClass = generation.scrapeClass(spec);
    HttpTrees http = generation.trees(object);
    JobTree job = JobTree.of("job_name", "scrapeConfig/" + object.key()).from(spec.path());
    scrape(job, spec);
    ScrapeTrees.common(job, spec, scrapeClass);
    ScrapeTrees.bodySizeLimit(job, spec);
    http.proxy(job, spec);
    http.basicAuth(job, spec);
    http.authorization(job, spec, scrapeClass);
    http.oauth2(job, spec);
    http.tls(job, spec, scrapeClass, false);
    SdSections.write(job, spec, http);
    List<JobTree> rules = new ArrayList<>();
    rules.add(RuleList.jobName());
    rules.addAll(scrapeClass.relabelings());
    String jobName = spec.text("jobName");
    if (jobName != null) {
      rules.add(
          JobTree.of("target_label", "job", "action", "replace", "replacement", jobName)
              .from(spec.at("jobName")));
    }
    rules.addAll(RuleList.of(spec, "relabelings"));
    job.put("relabel_configs", rules);
    ScrapeTrees.metricRules(job, spec, scrapeClass);
    return List.of(job);
  }

  private static void scrape(JobTree job, SpecNode spec) throws InvalidMonitorException {
    job.putPresent("honor_timestamps", spec.flag("honorTimestamps"));
    job.putPresent("track_timestamps_staleness", spec.flag("trackTimestampsStaleness"));
    job.putPresent("honor_labels", spec.flag("honorLabels"));
    job.putPresent("metrics_path", spec.text("metricsPath"));
    job.putItems("params", spec.textLists("params"));
    job.putPresent("enable_compression", spec.flag("enableCompression"));
    job.putPresent("enable_http2", spec.flag("enableHTTP2"));
    job.putPresent("scrape_interval", spec.text("scrapeInterval"));
    job.putPresent("scrape_timeout", spec.text("scrapeTimeout"));
    ScrapeTrees.scheme(job, spec);
    String names = spec.text("nameValidationScheme");
    job.putPresent(
        "metric_name_validation_scheme", names == null ? null : names.toLowerCase(Locale.ROOT));
    job.putPresent(
        "metric_name_escaping_scheme", ESCAPINGS.get(spec.textOrEmpty("nameEscapingScheme")));
  }
}
