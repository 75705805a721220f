package io.promdisco.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.config.KubernetesSdConfig.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Makes scrape configurations that discover random clusters. Their targets keep every discovered
 * label under another name, and all have the address of a closed port.
 */
final class RandomJobs {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> LABEL_SELECTORS =
      List.of(
          "app",
          "!app",
          "app=web",
          "app==web",
          "app!=web",
          "app in (web, api,)",
          "app notin (web,db)",
          "app=",
          "a/b",
          "!a.b",
          "tier,app!=db",
          " app.kubernetes.io/name = web ",
          "app>0",
          "app < 2",
          "app,app in (web,1),tier notin ()");

  private final RandomObjects make;
  private final RealCluster server;
  private final List<String> kubeconfigs;
  private final boolean inCluster;
  private int inPod;

  /**
   * Makes jobs for one server.
   *
   * @param kubeconfigs files that lead to the server
   * @param inCluster whether the discoverers run in a cluster
   */
  RandomJobs(Random random, RealCluster server, List<String> kubeconfigs, boolean inCluster) {
    this.inCluster = inCluster;
    make = new RandomObjects(random, "", List.of());
    this.server = server;
    this.kubeconfigs = kubeconfigs;
  }

  /** Returns how many sources of the jobs reach the server like a pod does. */
  int inPod() {
    return inPod;
  }

  /** Returns some jobs that see only one cluster. */
  List<ObjectNode> of(RandomCluster cluster, int count) {
    List<ObjectNode> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(job(cluster, i));
    }
    return jobs;
  }

  /** Returns the job with a number. */
  ObjectNode job(RandomCluster cluster, int number) {
    ObjectNode job = job(cluster.name + "-" + number);
    ArrayNode sources = job.putArray("kubernetes_sd_configs");
    do {
      Role role = make.one(List.of(Role.values()));
      sources.add(source(role, cluster));
    } while (make.chance(4));
    return job;
  }

  /** Returns a job for each role that sees all clusters. */
  List<ObjectNode> everywhere() {
    List<ObjectNode> jobs = new ArrayList<>();
    for (Role role : Role.values()) {
      ObjectNode job = job("everywhere-" + role.text());
      ObjectNode source = connected(role);
      attach(source);
      if (make.chance(3)) {
        selectors(source, role, "", List.of());
      }
      job.putArray("kubernetes_sd_configs").add(source);
      jobs.add(job);
    }
    return jobs;
  }

  /** Returns a job that sees the services of one namespace, without other settings. */
  ObjectNode plain(String name, String namespace) {
    ObjectNode job = job(name);
    ObjectNode source = connected(Role.SERVICE);
    source.putObject("namespaces").putArray("names").add(namespace);
    job.putArray("kubernetes_sd_configs").add(source);
    return job;
  }

  private ObjectNode job(String name) {
    ObjectNode job = JSON.createObjectNode().put("job_name", name);
    if (make.chance(4)) {
      job.put("metrics_path", "/m").put("scheme", "https");
    }
    ArrayNode rules = job.putArray("relabel_configs");
    rules.addObject().put("target_label", "was").putArray("source_labels").add("__address__");
    rules.addObject().put("action", "labelmap").put("regex", "__meta_kubernetes_(.+)");
    if (make.chance(3)) {
      rules
          .addObject()
          .put("action", "drop")
          .put("regex", ".*[02468]")
          .putArray("source_labels")
          .add("was");
    }
    rules.addObject().put("target_label", "__address__").put("replacement", "127.0.0.1:9");
    return job;
  }

  private ObjectNode source(Role role, RandomCluster cluster) {
    ObjectNode source = connected(role);
    attach(source);
    boolean byLabel = role == Role.NODE || make.chance(5);
    if (!byLabel) {
      ObjectNode namespaces = source.putObject("namespaces");
      boolean own = make.chance(2) && isInCluster(source);
      if (own) {
        namespaces.put("own_namespace", true);
      }
      if (!own || make.chance(2)) {
        ArrayNode names = namespaces.putArray("names");
        make.some(cluster.namespaces).forEach(names::add);
        if (make.chance(10)) {
          names.add(make.chance(2) ? cluster.name + "-none" : names.get(0).asText());
        }
      }
    }
    if (byLabel || make.chance(2)) {
      String own = byLabel ? RandomObjects.CLUSTER + "=" + cluster.name : "";
      selectors(source, role, own, cluster.nodes);
    }
    return source;
  }

  /** Sets how the server is reached. */
  private ObjectNode connected(Role role) {
    ObjectNode source = JSON.createObjectNode().put("role", role.text());
    boolean pod = make.chance(4);
    if (make.chance(4)) {
      source.put("api_server", server.url);
      source.putObject("authorization").put("credentials", server.token);
      source.putObject("tls_config").put("ca_file", server.caFile);
    } else if (!pod || !inCluster) {
      source.put("kubeconfig_file", make.one(kubeconfigs));
    } else {
      inPod++;
    }
    return source;
  }

  private static boolean isInCluster(ObjectNode source) {
    return !source.has("api_server") && !source.has("kubeconfig_file");
  }

  private void attach(ObjectNode source) {
    if (make.chance(3)) {
      return;
    }
    ObjectNode attach = source.putObject("attach_metadata");
    for (String what : List.of("node", "namespace", "deployment", "job", "cronjob")) {
      if (make.chance(2)) {
        attach.put(what, !make.chance(8));
      }
    }
  }

  /**
   * @param own a label selector that the role's own objects must match; empty for none
   */
  private void selectors(ObjectNode source, Role role, String own, List<String> nodes) {
    Map<Role, List<Role>> others = new EnumMap<>(Role.class);
    others.put(Role.POD, List.of(Role.NODE));
    others.put(Role.ENDPOINTS, List.of(Role.POD, Role.SERVICE));
    others.put(Role.ENDPOINTSLICE, List.of(Role.POD, Role.SERVICE));
    ArrayNode selectors = source.putArray("selectors");
    selector(selectors, role, own, nodes);
    for (Role other : others.getOrDefault(role, List.of())) {
      if (make.chance(3)) {
        selector(selectors, other, "", nodes);
      }
    }
  }

  private void selector(ArrayNode selectors, Role role, String own, List<String> nodes) {
    ObjectNode selector = selectors.addObject().put("role", role.text());
    List<String> labels = new ArrayList<>();
    if (!own.isEmpty()) {
      labels.add(own);
    }
    if (make.chance(2)) {
      labels.add(make.one(LABEL_SELECTORS));
    }
    if (!labels.isEmpty()) {
      selector.put("label", String.join(",", labels));
    }
    if (labels.isEmpty() || make.chance(3)) {
      selector.put("field", make.one(fields(role, nodes)));
    }
  }

  private List<String> fields(Role role, List<String> nodes) {
    String node = nodes.isEmpty() ? "none" : make.one(nodes);
    return switch (role) {
      case POD ->
          List.of(
              "status.phase=Running",
              "status.phase!=Running",
              "spec.nodeName=" + node,
              "spec.nodeName!=" + node,
              "spec.restartPolicy=Always,metadata.name!=pod-1",
              "spec.hostNetwork=false",
              "status.podIP!=",
              "spec.schedulerName=default-scheduler,status.nominatedNodeName=",
              "spec.serviceAccountName!=x",
              "metadata.name=pod-0");
      case NODE ->
          List.of("metadata.name=" + node, "spec.unschedulable=false", "spec.unschedulable==true");
      case SERVICE ->
          List.of(
              "metadata.name!=svc-0",
              "spec.type=ClusterIP",
              "spec.type!=ExternalName",
              "spec.clusterIP=None");
      case ENDPOINTS -> List.of("metadata.name=svc-0", "metadata.name!=svc-0");
      case ENDPOINTSLICE -> List.of("metadata.name=slice-0", "metadata.name!=slice-1");
      case INGRESS -> List.of("metadata.name=ing-1", "metadata.name!=ing-1");
    };
  }

  /** Returns a complete configuration; nothing is scraped. */
  static ObjectNode configuration(List<ObjectNode> jobs) {
    ObjectNode configuration = JSON.createObjectNode();
    configuration.putObject("global").put("scrape_interval", "1h").put("scrape_timeout", "10s");
    jobs.forEach(configuration.putArray("scrape_configs")::add);
    return configuration;
  }
}
