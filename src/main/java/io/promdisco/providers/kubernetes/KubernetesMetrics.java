package io.promdisco.providers.kubernetes;

import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.metrics.Metrics;
import io.promdisco.metrics.Metrics.Counter;

/** The metrics of all Kubernetes discoverers. */
final class KubernetesMetrics {
  static final String ADD = "add";
  static final String UPDATE = "update";
  static final String DELETE = "delete";

  private final Counter events;
  private final Counter built;

  KubernetesMetrics(Metrics metrics) {
    events =
        metrics.counter(
            "prometheus_sd_kubernetes_events_total",
            "Events of watched Kubernetes objects that discovery has handled.",
            "role",
            "event");
    built =
        metrics.counter(
            "promdisco_kubernetes_groups_built_total",
            "Target groups built from Kubernetes objects.",
            "role");
    for (Role role : Role.values()) {
      events.add(0, role.text(), ADD);
      events.add(0, role.text(), UPDATE);
      events.add(0, role.text(), DELETE);
      built.add(0, role.text());
    }
  }

  void event(Role role, String event) {
    events.inc(role.text(), event);
  }

  void built(Role role, int count) {
    built.add(count, role.text());
  }
}
