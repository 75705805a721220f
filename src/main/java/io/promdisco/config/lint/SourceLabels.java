package io.promdisco.config.lint;

import io.promdisco.config.DnsSdConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.SdConfig;
import io.promdisco.config.StaticSdConfig;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import java.util.ArrayList;
import java.util.List;

/** The labels that each kind of service discovery may set. */
final class SourceLabels {
  private static final String PREFIX = "__meta_kubernetes_";
  private static final AttachMetadata ALL = new AttachMetadata(true, true, true, true, true);

  private SourceLabels() {}

  static void add(SdConfig config, PossibleLabels to) {
    if (config instanceof KubernetesSdConfig kubernetes) {
      kubernetes(kubernetes.role(), kubernetes.attach(), to);
    } else if (config instanceof StaticSdConfig fixed) {
      fixed.groups().forEach(group -> group(group, to));
    } else if (config instanceof DnsSdConfig dns) {
      dns(dns.type(), to);
    } else {
      to.anything(); // Files, HTTP servers and third-party sources may set any label.
    }
  }

  private static void group(TargetGroup group, PossibleLabels to) {
    names(group.labels(), to);
    group.targets().forEach(target -> names(target, to));
  }

  private static void names(Labels labels, PossibleLabels to) {
    for (int i = 0; i < labels.size(); i++) {
      to.name(labels.name(i));
    }
  }

  private static void dns(DnsSdConfig.Type type, PossibleLabels to) {
    to.name("__meta_dns_name");
    switch (type) {
      case SRV -> to.names("__meta_dns_srv_record_", "target", "port");
      case MX -> to.name("__meta_dns_mx_record_target");
      case NS -> to.name("__meta_dns_ns_record_target");
      case A, AAAA -> {}
    }
  }

  private static void kubernetes(Role role, AttachMetadata attach, PossibleLabels to) {
    switch (role) {
      case NODE -> {
        node(to);
        to.names(PREFIX + "node_", "provider_id").name("instance");
        to.family(PREFIX + "node_address_").family(PREFIX + "node_condition_");
      }
      case POD -> pod(attach, to);
      case SERVICE -> {
        service(to);
        to.names(PREFIX + "service_", "cluster_ip", "external_name", "loadbalancer_ip", "type");
        to.names(PREFIX + "service_port_", "name", "number", "protocol");
      }
      case ENDPOINTS -> {
        object("endpoints", to);
        to.names(PREFIX + "endpoint_", "hostname", "node_name", "ready");
        to.names(PREFIX + "endpoint_port_", "name", "protocol");
        to.names(PREFIX + "endpoint_address_target_", "kind", "name");
        service(to);
        pod(attach, to);
      }
      case ENDPOINTSLICE -> {
        slice(to);
        service(to);
        pod(attach, to);
      }
      case INGRESS -> {
        object("ingress", to);
        to.names(PREFIX + "ingress_", "scheme", "path", "host", "class_name");
      }
    }
    if (role != Role.NODE) {
      to.name(PREFIX + "namespace");
      if (attach.namespace()) {
        keys("namespace", to);
      }
    }
  }

  private static void slice(PossibleLabels to) {
    object("endpointslice", to);
    String prefix = PREFIX + "endpointslice_";
    to.names(prefix, "address_type", "address_target_kind", "address_target_name");
    to.names(prefix, "port", "port_app_protocol", "port_name", "port_protocol");
    String endpoint = prefix + "endpoint_";
    to.names(endpoint, "hostname", "node_name", "zone");
    to.names(endpoint + "conditions_", "ready", "serving", "terminating");
    to.family(endpoint + "topology_").family(endpoint + "topology_present_");
  }

  private static void node(PossibleLabels to) {
    object("node", to);
  }

  private static void service(PossibleLabels to) {
    object("service", to);
  }

  private static void pod(AttachMetadata attach, PossibleLabels to) {
    object("pod", to);
    String prefix = PREFIX + "pod_";
    to.names(prefix, "ip", "ready", "phase", "node_name", "host_ip", "uid");
    to.names(prefix + "controller_", "kind", "name");
    to.names(prefix + "container_", "init", "name", "id", "image");
    to.names(prefix + "container_port_", "name", "number", "protocol");
    if (attach.deployment()) {
      to.name(prefix + "deployment_name");
    }
    if (attach.job()) {
      to.name(prefix + "job_name");
    }
    if (attach.cronJob()) {
      to.name(prefix + "cronjob_name");
    }
    if (attach.node()) {
      node(to);
    }
  }

  /** Adds the name of an object, and the labels made from its own labels and annotations. */
  private static void object(String resource, PossibleLabels to) {
    to.name(PREFIX + resource + "_name");
    keys(resource, to);
  }

  private static void keys(String resource, PossibleLabels to) {
    for (String kind : List.of("label", "annotation")) {
      to.keys(PREFIX + resource + "_" + kind + "_");
      to.keys(PREFIX + resource + "_" + kind + "present_");
    }
  }

  /** Returns which Kubernetes roles set a label: {@code set by role pod}; empty if none does. */
  static String setBy(String name) {
    List<String> roles = new ArrayList<>();
    for (Role role : Role.values()) {
      PossibleLabels bare = new PossibleLabels();
      kubernetes(role, AttachMetadata.NONE, bare);
      PossibleLabels attached = new PossibleLabels();
      kubernetes(role, ALL, attached);
      if (bare.mayHave(name)) {
        roles.add(role.text());
      } else if (attached.mayHave(name)) {
        roles.add(role.text() + " with attach_metadata");
      }
    }
    return roles.isEmpty() ? "" : "set by role " + String.join(", ", roles);
  }
}
