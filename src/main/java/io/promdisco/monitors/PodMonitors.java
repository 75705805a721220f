package io.promdisco.monitors;

import java.util.ArrayList;
import java.util.List;

/** Compiles PodMonitors: a job for each endpoint. */
final class PodMonitors implements MonitorCompilation {
  @Override
  public void check(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    InvalidMonitorException.within(
        "failed to parse label selector", () -> SelectorTerms.checked(spec.section("selector")));
    HttpChecks http = generation.checks(object);
    List<SpecNode> endpoints = spec.items("podMetricsEndpoints");
    for (int i = 0; i < endpoints.size(); i++) {
      SpecNode endpoint = endpoints.get(i);
      InvalidMonitorException.within(
          "endpoint[" + i + "]", () -> checkEndpoint(endpoint, http, generation));
    }
    InvalidMonitorException.within("scrapeClassName", () -> generation.checkClass(spec));
  }

  private static void checkEndpoint(SpecNode endpoint, HttpChecks http, Generation generation)
      throws InvalidMonitorException {
    ScrapeTrees.checkTimeout(
        endpoint.text("interval"), endpoint.text("scrapeTimeout"), generation.interval());
    InvalidMonitorException.within("relabelConfigs", () -> RuleList.check(endpoint, "relabelings"));
    InvalidMonitorException.within(
        "metricRelabelConfigs", () -> RuleList.check(endpoint, "metricRelabelings"));
    HttpChecks.checkEndpoint(endpoint, false);
    SpecNode token = endpoint.child("bearerTokenSecret");
    if (token != null
        && !token.textOrEmpty("name").isEmpty()
        && !token.textOrEmpty("key").isEmpty()) {
      InvalidMonitorException.within("bearerTokenSecret", () -> http.secret(token));
    }
    InvalidMonitorException.within("basicAuth", () -> http.basicAuth(endpoint));
    InvalidMonitorException.within("tlsConfig", () -> http.tls(endpoint));
    InvalidMonitorException.within("oauth2", () -> http.oauth2(endpoint));
    InvalidMonitorException.within("authorization", () -> http.authorization(endpoint));
    InvalidMonitorException.within("proxyConfig", () -> http.proxy(endpoint));
  }

  @Override
  public List<JobTree> jobs(MonitorObject object, SpecNode spec, Generation generation)
      throws InvalidMonitorException {
    List<JobTree> jobs = new ArrayList<>();
    for (SpecNode endpoint : spec.items("podMetricsEndpoints")) {
      String name = "podMonitor/" + object.key() + "/" + jobs.size();
      jobs.add(job(name, object, spec, endpoint, generation));
    }
    return jobs;
  }

  private static JobTree job(
      String name, MonitorObject object, SpecNode spec, SpecNode endpoint, Generation generation)
      throws InvalidMonitorException {
    ScrapeClass scrapeClass = generation.scrapeClass(spec);
    HttpTrees http = generation.trees(object);
    JobTree job = JobTree.of("job_name", name).from(endpoint.path());
    ScrapeTrees.endpoint(job, endpoint);
    JobTree kubernetes =
        ScrapeTrees.kubernetes("pod", spec.section("namespaceSelector"), object.namespace());
    ScrapeTrees.discovery(kubernetes, spec, scrapeClass, List.of("pod"));
    job.put("kubernetes_sd_configs", List.of(kubernetes));
    http.tls(job, endpoint, scrapeClass, false);
    http.bearerToken(job, endpoint);
    http.basicAuth(job, endpoint);
    http.oauth2(job, endpoint);
    http.proxy(job, endpoint);
    http.authorization(job, endpoint, scrapeClass);
    job.put("relabel_configs", rules(object, spec, endpoint, scrapeClass));
    ScrapeTrees.common(job, spec, scrapeClass);
    ScrapeTrees.bodySizeLimit(job, spec);
    ScrapeTrees.metricRules(job, endpoint, scrapeClass);
    return job;
  }

  private static List<JobTree> rules(
      MonitorObject object, SpecNode spec, SpecNode endpoint, ScrapeClass scrapeClass)
      throws InvalidMonitorException {
    List<JobTree> rules = new ArrayList<>();
    rules.add(RuleList.jobName());
    ScrapeTrees.addRunningFilter(rules, endpoint);
    if (ScrapeTrees.relabels(spec)) {
      rules.addAll(SelectorTerms.read(spec.section("selector")).rules("pod"));
    }
    EndpointPort port = EndpointPort.ofPod(endpoint);
    port.addFilter(rules, "__meta_kubernetes_pod_container_port_name");
    rules.add(RuleList.copy("__meta_kubernetes_namespace", "namespace"));
    rules.add(RuleList.copy("__meta_kubernetes_pod_container_name", "container"));
    rules.add(RuleList.copy("__meta_kubernetes_pod_name", "pod"));
    rules.addAll(ScrapeTrees.targetLabels(spec, "podTargetLabels", "pod"));
    rules.add(RuleList.set("job", object.key()));
    ScrapeTrees.addJobLabel(rules, spec, "pod");
    port.addLabel(rules);
    rules.addAll(scrapeClass.relabelings());
    rules.addAll(RuleList.of(endpoint, "relabelings"));
    rules.addAll(RuleList.sharding("__address__"));
    return rules;
  }
}
