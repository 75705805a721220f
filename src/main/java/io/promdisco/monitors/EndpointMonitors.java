package io.promdisco.monitors;

import java.util.ArrayList;
import java.util.List;

/**
 * Compiles ServiceMonitors and PodMonitors: a job for each endpoint. Both have the same parts,
 * which the operator checks and writes in different orders.
 */
final class EndpointMonitors implements MonitorCompilation {
  private static final String META = "__meta_kubernetes_";
  private static final String SLICE = "endpointslice";

  private final boolean ofServices;

  /**
   * @param ofServices whether it compiles ServiceMonitors, and not PodMonitors
   */
  EndpointMonitors(boolean ofServices) {
    this.ofServices = ofServices;
  }

  private List<SpecNode> endpoints(SpecNode spec) throws InvalidMonitorException {
    return spec.items(ofServices ? "endpoints" : "podMetricsEndpoints");
  }

  @Override
  public void check(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    SpecNode selector = spec.section("selector");
    if (ofServices) {
      SelectorTerms.checked(selector);
    } else {
      InvalidMonitorException.within(
          "failed to parse label selector", () -> SelectorTerms.checked(selector));
    }
    HttpChecks http = generation.checks(object);
    int index = 0;
    for (SpecNode endpoint : endpoints(spec)) {
      String place = (ofServices ? "endpoints[" : "endpoint[") + index + "]";
      InvalidMonitorException.within(place, () -> checkEndpoint(endpoint, http, generation));
      if (ofServices) {
        http.proxyHeaders(endpoint);
      }
      index++;
    }
    InvalidMonitorException.within("scrapeClassName", () -> generation.checkClass(spec));
  }

  private void checkEndpoint(SpecNode endpoint, HttpChecks http, Generation generation)
      throws InvalidMonitorException {
    if (ofServices) {
      checkConnection(endpoint, http);
      checkScraping(endpoint, generation);
    } else {
      checkScraping(endpoint, generation);
      checkConnection(endpoint, http);
      InvalidMonitorException.within("proxyConfig", () -> http.proxy(endpoint));
    }
  }

  private static void checkScraping(SpecNode endpoint, Generation generation)
      throws InvalidMonitorException {
    ScrapeTrees.checkTimeout(
        endpoint.text("interval"), endpoint.text("scrapeTimeout"), generation.interval());
    InvalidMonitorException.within("relabelConfigs", () -> RuleList.check(endpoint, "relabelings"));
    InvalidMonitorException.within(
        "metricRelabelConfigs", () -> RuleList.check(endpoint, "metricRelabelings"));
  }

  private void checkConnection(SpecNode endpoint, HttpChecks http) throws InvalidMonitorException {
    HttpChecks.checkEndpoint(endpoint, ofServices);
    SpecNode token = endpoint.section("bearerTokenSecret");
    KeyRef ref = KeyRef.of(token);
    if (!ref.name().isEmpty() && (ofServices || !ref.key().isEmpty())) {
      InvalidMonitorException.within("bearerTokenSecret", () -> http.secret(token));
    }
    InvalidMonitorException.within("basicAuth", () -> http.basicAuth(endpoint));
    InvalidMonitorException.within("tlsConfig", () -> http.tls(endpoint, ofServices));
    InvalidMonitorException.within("oauth2", () -> http.oauth2(endpoint));
    InvalidMonitorException.within("authorization", () -> http.authorization(endpoint));
  }

  @Override
  public List<JobTree> jobs(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    String prefix = (ofServices ? "serviceMonitor/" : "podMonitor/") + object.key() + "/";
    List<JobTree> jobs = new ArrayList<>();
    for (SpecNode endpoint : endpoints(spec)) {
      JobTree job = JobTree.of("job_name", prefix + jobs.size()).from(endpoint.path());
      write(job, object, spec, endpoint, generation);
      jobs.add(job);
    }
    return jobs;
  }

  private void write(
      JobTree job, MonitorObject object, SpecNode spec, SpecNode endpoint, Generation generation)
      throws InvalidMonitorException {
    ScrapeClass scrapeClass = generation.scrapeClass(spec);
    HttpTrees http = generation.trees(object);
    String role = ofServices ? role(spec) : "pod";
    ScrapeTrees.endpoint(job, endpoint);
    JobTree kubernetes =
        ScrapeTrees.kubernetes(role, spec.section("namespaceSelector"), object.namespace());
    ScrapeTrees.discovery(
        kubernetes, spec, scrapeClass, ofServices ? List.of(role, "service") : List.of(role));
    job.put("kubernetes_sd_configs", List.of(kubernetes));
    if (ofServices) {
      http.proxy(job, endpoint);
      http.oauth2(job, endpoint);
      http.tls(job, endpoint, scrapeClass, true);
      job.putText("bearer_token_file", endpoint.textOrEmpty("bearerTokenFile"));
    } else {
      http.tls(job, endpoint, scrapeClass, false);
    }
    http.bearerToken(job, endpoint);
    http.basicAuth(job, endpoint);
    if (!ofServices) {
      http.oauth2(job, endpoint);
      http.proxy(job, endpoint);
    }
    http.authorization(job, endpoint, scrapeClass);
    job.put("relabel_configs", rules(object, spec, endpoint, scrapeClass, role));
    ScrapeTrees.common(job, spec, scrapeClass);
    ScrapeTrees.bodySizeLimit(job, spec);
    ScrapeTrees.metricRules(job, endpoint, scrapeClass);
  }

  private static String role(SpecNode spec) throws InvalidMonitorException {
    String role = spec.text("serviceDiscoveryRole");
    return role == null || role.equals("EndpointSlice") ? SLICE : "endpoints";
  }

  private List<JobTree> rules(
      MonitorObject object, SpecNode spec, SpecNode endpoint, ScrapeClass scrapeClass, String role)
      throws InvalidMonitorException {
    String selected = ofServices ? "service" : "pod";
    EndpointPort port = EndpointPort.of(endpoint, ofServices);
    List<JobTree> rules = new ArrayList<>();
    rules.add(RuleList.jobName());
    if (!ofServices) {
      ScrapeTrees.addRunningFilter(rules, endpoint);
    }
    if (ScrapeTrees.relabels(spec)) {
      rules.addAll(SelectorTerms.read(spec.section("selector")).rules(selected));
    }
    if (ofServices) {
      addServiceLabels(rules, port, role.equals(SLICE));
      ScrapeTrees.addRunningFilter(rules, endpoint);
      rules.addAll(ScrapeTrees.targetLabels(spec, "targetLabels", "service"));
    } else {
      port.addFilter(rules, META + "pod_container_port_name");
      rules.add(RuleList.copy(META + "namespace", "namespace"));
      rules.add(RuleList.copy(META + "pod_container_name", "container"));
      rules.add(RuleList.copy(META + "pod_name", "pod"));
    }
    rules.addAll(ScrapeTrees.targetLabels(spec, "podTargetLabels", "pod"));
    rules.add(
        ofServices
            ? JobTree.of(
                "source_labels",
                List.of(META + "service_name"),
                "target_label",
                "job",
                "replacement",
                "${1}")
            : RuleList.set("job", object.key()));
    ScrapeTrees.addJobLabel(rules, spec, selected);
    port.addLabel(rules);
    rules.addAll(scrapeClass.relabelings());
    rules.addAll(RuleList.of(endpoint, "relabelings"));
    rules.addAll(RuleList.sharding("__address__"));
    return rules;
  }

  private static void addServiceLabels(List<JobTree> rules, EndpointPort port, boolean slices) {
    String source = META + (slices ? SLICE : "endpoint");
    port.addFilter(rules, source + "_port_name");
    rules.add(owner(source, "Node", "node"));
    rules.add(owner(source, "Pod", "pod"));
    rules.add(RuleList.copy(META + "namespace", "namespace"));
    rules.add(RuleList.copy(META + "service_name", "service"));
    rules.add(RuleList.copy(META + "pod_name", "pod"));
    rules.add(RuleList.copy(META + "pod_container_name", "container"));
  }

  /** Returns a rule that sets a label if an object of this kind has the address. */
  private static JobTree owner(String source, String kind, String label) {
    return JobTree.of(
        "source_labels",
        List.of(source + "_address_target_kind", source + "_address_target_name"),
        "separator",
        ";",
        "regex",
        kind + ";(.*)",
        "replacement",
        "${1}",
        "target_label",
        label);
  }
}
