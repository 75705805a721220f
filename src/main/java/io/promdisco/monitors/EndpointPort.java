package io.promdisco.monitors;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which port of an endpoint is scraped. {@code port} wins over {@code portNumber} (which only
 * PodMonitors have), and this over {@code targetPort}.
 *
 * @param endpoint what has the port
 * @param name empty: none
 * @param number 0: none
 * @param target null: none
 * @param targetIsNumber whether {@code target} is a number
 */
record EndpointPort(
    SpecNode endpoint, String name, long number, @Nullable String target, boolean targetIsNumber) {
  private static final String CONTAINER_PORT = "__meta_kubernetes_pod_container_port_";

  /**
   * Reads the port of an endpoint.
   *
   * @param ofService whether of a ServiceMonitor, and not of a PodMonitor
   */
  static EndpointPort of(SpecNode endpoint, boolean ofService) throws InvalidMonitorException {
    Long number = ofService ? null : endpoint.number("portNumber");
    return new EndpointPort(
        endpoint,
        endpoint.textOrEmpty("port"),
        number == null ? 0 : number,
        endpoint.textOrNumber("targetPort"),
        endpoint.isNumber("targetPort"));
  }

  /**
   * Adds the rule that keeps the port, if there is one.
   *
   * @param nameLabel the label that holds the name of a port
   */
  void addFilter(List<JobTree> rules, String nameLabel) {
    if (!name.isEmpty()) {
      rules.add(keep(nameLabel, name, "port"));
    } else if (number != 0) {
      rules.add(keep(CONTAINER_PORT + "number", number, "portNumber"));
    } else if (target != null && targetIsNumber && !target.equals("0")) {
      rules.add(keep(CONTAINER_PORT + "number", Long.parseLong(target), "targetPort"));
    } else if (target != null && !targetIsNumber && !target.isEmpty()) {
      rules.add(keep(CONTAINER_PORT + "name", target, "targetPort"));
    }
  }

  private JobTree keep(String label, Object value, String field) {
    return RuleList.keep(label, value).from(endpoint.at(field));
  }

  /** Adds the rule that sets the label {@code endpoint}, if there is one. */
  void addLabel(List<JobTree> rules) {
    if (!name.isEmpty()) {
      rules.add(RuleList.set("endpoint", name).from(endpoint.at("port")));
    } else if (target != null && !target.isEmpty()) {
      rules.add(RuleList.set("endpoint", target).from(endpoint.at("targetPort")));
    }
  }
}
