package io.promdisco.monitors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles Probes: one job each, of static targets or of ingresses. */
final class Probes implements MonitorCompilation {
  private static final String TARGET = "__param_target";
  private static final String ADDRESS = "__address__";

  @Override
  public void check(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    InvalidMonitorException.within("scrapeClassName", () -> generation.checkClass(spec));
    SpecNode targets = spec.section("targets");
    SpecNode fixed = targets.child("staticConfig");
    SpecNode ingress = targets.child("ingress");
    if (fixed == null && ingress == null) {
      throw new InvalidMonitorException(
          "at least one of .spec.targets.staticConfig and .spec.targets.ingress is required");
    }
    checkConnection(spec, generation.checks(object));
    ScrapeTrees.checkTimeout(
        spec.text("interval"), spec.text("scrapeTimeout"), generation.interval());
    InvalidMonitorException.within(
        "metricRelabelConfigs", () -> RuleList.check(spec, "metricRelabelings"));
    if (fixed != null) {
      InvalidMonitorException.within(
          "targets.staticConfig.labels", () -> SdSections.checkLabels(fixed));
      InvalidMonitorException.within(
          "targets.staticConfig.relabelConfigs", () -> RuleList.check(fixed, "relabelingConfigs"));
    }
    if (ingress != null) {
      InvalidMonitorException.within(
          "targets.ingress.relabelConfigs", () -> RuleList.check(ingress, "relabelingConfigs"));
    }
    SpecNode prober = spec.section("prober");
    InvalidMonitorException.within(
        "proxy configuration", () -> generation.checks(object).proxy(prober));
    ProberAddress.check(prober.textOrEmpty("url"));
  }

  private static void checkConnection(SpecNode spec, HttpChecks http)
      throws InvalidMonitorException {
    InvalidMonitorException.within(
        "bearerTokenSecret", () -> http.secret(spec.child("bearerTokenSecret")));
    InvalidMonitorException.within("basicAuth", () -> http.basicAuth(spec));
    InvalidMonitorException.within("tlsConfig", () -> http.tls(spec, false));
    InvalidMonitorException.within("authorization", () -> http.authorization(spec));
    InvalidMonitorException.within("oauth2", () -> http.oauth2(spec));
  }

  @Override
  public List<JobTree> jobs(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    ScrapeClass scrapeClass = generation.scrapeClass(spec);
    HttpTrees http = generation.trees(object);
    SpecNode prober = spec.section("prober");
    JobTree job = JobTree.of("job_name", "probe/" + object.key()).from(spec.path());
    job.put("honor_timestamps", true);
    job.put("metrics_path", prober.textOrEmpty("path"));
    job.putText("scrape_interval", spec.textOrEmpty("interval"));
    job.putText("scrape_timeout", spec.textOrEmpty("scrapeTimeout"));
    ScrapeTrees.scheme(job, prober);
    Map<String, List<String>> parameters = parameters(spec);
    job.putItems("params", parameters);
    ScrapeTrees.common(job, spec, scrapeClass);
    http.proxy(job, prober);
    ScrapeTrees.redirects(job, spec, "enableHttp2");
    http.tls(job, spec, scrapeClass, false);
    List<JobTree> rules = new ArrayList<>();
    rules.add(RuleList.jobName());
    String jobName = spec.textOrEmpty("jobName");
    if (!jobName.isEmpty()) {
      rules.add(RuleList.set("job", jobName).from(spec.at("jobName")));
    }
    targets(job, rules, object, spec);
    rules.addAll(scrapeClass.relabelings());
    rules.addAll(RuleList.of(chosen(spec), "relabelingConfigs"));
    rules.addAll(RuleList.sharding(TARGET));
    job.put("relabel_configs", rules);
    http.bearerToken(job, spec);
    http.basicAuth(job, spec);
    http.oauth2(job, spec);
    http.authorization(job, spec, scrapeClass);
    ScrapeTrees.metricRules(job, spec, scrapeClass);
    return List.of(job);
  }

  private static Map<String, List<String>> parameters(SpecNode spec)
      throws InvalidMonitorException {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    String module = spec.textOrEmpty("module");
    if (!module.isEmpty()) {
      parameters.put("module", List.of(module));
    }
    for (SpecNode parameter : spec.items("params")) {
      String name = parameter.textOrEmpty("name");
      if (module.isEmpty() || !name.equals("module")) {
        parameters.put(name, parameter.texts("values"));
      }
    }
    return parameters;
  }

  /** Returns the targets that count: static ones win. */
  private static SpecNode chosen(SpecNode spec) throws InvalidMonitorException {
    SpecNode targets = spec.section("targets");
    SpecNode fixed = targets.child("staticConfig");
    return fixed == null ? targets.section("ingress") : fixed;
  }

  private static void targets(JobTree job, List<JobTree> rules, MonitorObject object, SpecNode spec)
      throws InvalidMonitorException {
    SpecNode chosen = chosen(spec);
    String prober = spec.section("prober").textOrEmpty("url");
    if (spec.section("targets").has("staticConfig")) {
      Map<String, String> labels = chosen.textMap("labels");
      labels.putIfAbsent("namespace", object.namespace());
      JobTree group = JobTree.of("targets", chosen.texts("static"), "labels", labels);
      job.put("static_configs", List.of(group));
      rules.add(RuleList.copy(ADDRESS, TARGET));
    } else {
      rules.addAll(SelectorTerms.read(chosen.section("selector")).rules("ingress"));
      job.put(
          "kubernetes_sd_configs",
          List.of(
              ScrapeTrees.kubernetes(
                  "ingress", chosen.section("namespaceSelector"), object.namespace())));
      rules.add(url());
      rules.add(RuleList.copy("__meta_kubernetes_namespace", "namespace"));
      rules.add(RuleList.copy("__meta_kubernetes_ingress_name", "ingress"));
      rules.add(address());
    }
    rules.add(RuleList.copy(TARGET, "instance"));
    rules.add(RuleList.set(ADDRESS, prober).from("spec.prober.url"));
  }

  private static JobTree url() {
    return JobTree.of(
        "source_labels",
        List.of("__meta_kubernetes_ingress_scheme", ADDRESS, "__meta_kubernetes_ingress_path"),
        "separator",
        ";",
        "regex",
        "(.+);(.+);(.+)",
        "target_label",
        TARGET,
        "replacement",
        "${1}://${2}${3}",
        "action",
        "replace");
  }

  private static JobTree address() {
    return JobTree.of(
        "source_labels",
        List.of(ADDRESS),
        "separator",
        ";",
        "regex",
        "(.*)",
        "target_label",
        "__tmp_ingress_address",
        "replacement",
        "$1",
        "action",
        "replace");
  }
}
