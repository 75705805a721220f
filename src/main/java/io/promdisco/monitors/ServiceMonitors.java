package io.promdisco.monitors;

import java.util.ArrayList;
import java.util.List;

/** Compiles ServiceMonitors: a job for each endpoint. */
final class ServiceMonitors implements MonitorCompilation {
  private static final String ENDPOINTS = "endpoints";
  private static final String SLICE = "endpointslice";

  @Override
  public void check(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    SelectorTerms.checked(spec.section("selector"));
    HttpChecks http = generation.checks(object);
    List<SpecNode> endpoints = spec.items("endpoints");
    for (int i = 0; i < endpoints.size(); i++) {
      SpecNode endpoint = endpoints.get(i);
      InvalidMonitorException.within(
          "endpoints[" + i + "]", () -> checkEndpoint(endpoint, http, generation));
      http.proxyHeaders(endpoint);
    }
    InvalidMonitorException.within("scrapeClassName", () -> generation.checkClass(spec));
  }

  private static void checkEndpoint(SpecNode endpoint, HttpChecks http, Generation generation)
      throws InvalidMonitorException {
    HttpChecks.checkEndpoint(endpoint, true);
    SpecNode token = endpoint.child("bearerTokenSecret");
    if (token != null && !token.textOrEmpty("name").isEmpty()) {
      InvalidMonitorException.within("bearerTokenSecret", () -> http.secret(token));
    }
    InvalidMonitorException.within("basicAuth", () -> http.basicAuth(endpoint));
    InvalidMonitorException.within("tlsConfig", () -> http.tlsWithFiles(endpoint));
    InvalidMonitorException.within("oauth2", () -> http.oauth2(endpoint));
    InvalidMonitorException.within("authorization", () -> http.authorization(endpoint));
    ScrapeTrees.checkTimeout(
        endpoint.text("interval"), endpoint.text("scrapeTimeout"), generation.interval());
    InvalidMonitorException.within("relabelConfigs", () -> RuleList.check(endpoint, "relabelings"));
    InvalidMonitorException.within(
        "metricRelabelConfigs", () -> RuleList.check(endpoint, "metricRelabelings"));
  }

  @Override
  public List<JobTree> jobs(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    List<JobTree> jobs = new ArrayList<>();
    for (SpecNode endpoint : spec.items("endpoints")) {
      String name = "serviceMonitor/" + object.key() + "/" + jobs.size();
      jobs.add(job(name, object, spec, endpoint, generation));
    }
    return jobs;
  }

  private static JobTree job(
      String name, MonitorObject object, SpecNode spec, SpecNode endpoint, Generation generation)
      throws InvalidMonitorException {
    ScrapeClass scrapeClass = generation.scrapeClass(spec);
    HttpTrees http = generation.trees(object);
    String ownRole = spec.text("serviceDiscoveryRole");
    String role = ownRole == null || ownRole.equals("EndpointSlice") ? SLICE : ENDPOINTS;
    JobTree job = JobTree.of("job_name", name).from(endpoint.path());
    ScrapeTrees.endpoint(job, endpoint);
    JobTree kubernetes =
        ScrapeTrees.kubernetes(role, spec.section("namespaceSelector"), object.namespace());
    ScrapeTrees.discovery(kubernetes, spec, scrapeClass, List.of(role, "service"));
    job.put("kubernetes_sd_configs", List.of(kubernetes));
    http.proxy(job, endpoint);
    http.oauth2(job, endpoint);
    http.tls(job, endpoint, scrapeClass, true);
    job.putText("bearer_token_file", endpoint.textOrEmpty("bearerTokenFile"));
    http.bearerToken(job, endpoint);
    http.basicAuth(job, endpoint);
    http.authorization(job, endpoint, scrapeClass);
    job.put("relabel_configs", rules(spec, endpoint, scrapeClass, role.equals(SLICE)));
    ScrapeTrees.common(job, spec, scrapeClass);
    ScrapeTrees.bodySizeLimit(job, spec);
    ScrapeTrees.metricRules(job, endpoint, scrapeClass);
    return job;
  }

  private static List<JobTree> rules(
      SpecNode spec, SpecNode endpoint, ScrapeClass scrapeClass, boolean slices)
      throws InvalidMonitorException {
    String source = "__meta_kubernetes_endpoint" + (slices ? "slice" : "");
    List<JobTree> rules = new ArrayList<>();
    rules.add(RuleList.jobName());
    if (ScrapeTrees.relabels(spec)) {
      rules.addAll(SelectorTerms.read(spec.section("selector")).rules("service"));
    }
    EndpointPort port = EndpointPort.ofService(endpoint);
    port.addFilter(rules, source + "_port_name");
    rules.add(owner(source, "Node", "node"));
    rules.add(owner(source, "Pod", "pod"));
    rules.add(RuleList.copy("__meta_kubernetes_namespace", "namespace"));
    rules.add(RuleList.copy("__meta_kubernetes_service_name", "service"));
    rules.add(RuleList.copy("__meta_kubernetes_pod_name", "pod"));
    rules.add(RuleList.copy("__meta_kubernetes_pod_container_name", "container"));
    ScrapeTrees.addRunningFilter(rules, endpoint);
    rules.addAll(ScrapeTrees.targetLabels(spec, "targetLabels", "service"));
    rules.addAll(ScrapeTrees.targetLabels(spec, "podTargetLabels", "pod"));
    rules.add(
        JobTree.of(
            "source_labels",
            List.of("__meta_kubernetes_service_name"),
            "target_label",
            "job",
            "replacement",
            "${1}"));
    ScrapeTrees.addJobLabel(rules, spec, "service");
    port.addLabel(rules);
    rules.addAll(scrapeClass.relabelings());
    rules.addAll(RuleList.of(endpoint, "relabelings"));
    rules.addAll(RuleList.sharding("__address__"));
    return rules;
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
